import KafkaProtocol

extension MetadataController {
    /// Changes quotas; one result an alteration, in order. `hosts` are the names among the addresses that resolve.
    ///
    /// An entity that comes twice is refused the second time: what the first time asked for happens.
    func alterClientQuotas(
        _ alterations: [ClientQuotaAlteration],
        hosts: Set<String>,
        validateOnly: Bool,
        _ completion: @escaping @Sendable ([Result<Void, APIFailure>]) -> Void
    ) {
        execute { [self] in
            let image = image
            var records: [AnyMetadataRecord] = []
            var seen: Set<[String?]> = []
            let results = alterations.map { alteration in
                attempt { () throws(APIFailure) in
                    let key = alteration.entity.sorted { $0.kind < $1.kind }.flatMap { [$0.kind, $0.name] }
                    guard seen.insert(key).inserted, !alteration.hasDuplicateKeys else {
                        let entity = alteration.entity.map { "\($0.kind)=\($0.name ?? "null")" }
                        throw APIFailure(
                            .invalidRequest,
                            "Ignoring duplicate entity ClientQuotaEntity(entries={\(entity.joined(separator: ", "))})"
                        )
                    }
                    records += try alteration.plan(image) { hosts.contains($0) }
                }
            }
            guard !validateOnly else { return completion(results) }
            completion(committing(records, results))
        }
    }
}
