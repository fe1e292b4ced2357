/// What may be done with a resource, as a bit for each operation. Without an authorizer everybody may do everything
/// that the kind of resource knows. See KIP-430.
enum AuthorizedOperations {
    private static let (read, write, create, delete, alter, describe): (Int32, Int32, Int32, Int32, Int32, Int32) =
        (1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8)
    private static let (clusterAction, describeConfigs, alterConfigs, idempotentWrite): (Int32, Int32, Int32, Int32) =
        (1 << 9, 1 << 10, 1 << 11, 1 << 12)

    static let topic = read | write | create | delete | alter | describe | describeConfigs | alterConfigs
    static let group = read | delete | describe | describeConfigs | alterConfigs
    static let cluster =
        create | alter | describe | clusterAction | describeConfigs | alterConfigs | idempotentWrite

    /// Stands for a question that was not asked.
    static let notAsked = Int32.min
}
