import KafkaClient
import KafkaProtocol

/// Errors as Kafka's tools print them: by the class that Java has for each, and in the words that Kafka has for it.
enum JavaError {
    /// The class and the sentence: `org.apache.kafka.common.errors.TimeoutException: The request timed out.`
    static func text(_ error: KafkaError) -> String {
        "\(className(of: error)): \(message(error))"
    }

    /// The sentence alone: the broker's own where it sent one.
    static func message(_ error: KafkaError) -> String {
        guard error.message.isEmpty || error.message == error.code.message else { return error.message }
        return sentences[error.code] ?? error.code.message
    }

    /// What a call that never reached a broker, or ran out of time, comes to.
    static func ofCall(_ error: KafkaError, call: String, hasReachedBroker: Bool) -> KafkaError {
        guard !hasReachedBroker, error.code == .networkException || error.code == .requestTimedOut else { return error }
        return KafkaError(
            .requestTimedOut,
            "Timed out waiting for a node assignment. Call: \(call)",
            underlying: error
        )
    }

    /// Most classes are called as their codes are; the rest stand here.
    private static let classNames: [ErrorCode: String] = [
        .unknownServerError: "UnknownServerException",
        .corruptMessage: "CorruptRecordException",
        .requestTimedOut: "TimeoutException",
        .messageTooLarge: "RecordTooLargeException",
        .networkException: "NetworkException",
        .invalidTopicException: "InvalidTopicException",
        .invalidConfig: "InvalidConfigurationException",
        .topicAuthorizationFailed: "TopicAuthorizationException",
        .groupAuthorizationFailed: "GroupAuthorizationException",
        .clusterAuthorizationFailed: "ClusterAuthorizationException",
        .topicAlreadyExists: "TopicExistsException",
        .nonEmptyGroup: "GroupNotEmptyException",
        .kafkaStorageError: "KafkaStorageException",
    ]

    /// The class that Java has for the error.
    static func className(of error: KafkaError) -> String {
        "org.apache.kafka.common.errors.\(className(error.code))"
    }

    private static func className(_ code: ErrorCode) -> String {
        if let name = classNames[code] { return name }
        let words = code.name.split(separator: "_").map { $0.prefix(1) + $0.dropFirst().lowercased() }
        return words.joined() + "Exception"
    }

    /// Kafka's sentences for what these tools meet.
    private static let sentences: [ErrorCode: String] = [
        .unknownServerError: "The server experienced an unexpected error when processing the request.",
        .offsetOutOfRange: "The requested offset is not within the range of offsets maintained by the server.",
        .unknownTopicOrPartition: "This server does not host this topic-partition.",
        .leaderNotAvailable:
            "There is no leader for this topic-partition as we are in the middle of a leadership election.",
        .requestTimedOut: "The request timed out.",
        .networkException: "The server disconnected before a response was received.",
        .coordinatorLoadInProgress: "The coordinator is loading and hence can't process requests.",
        .coordinatorNotAvailable: "The coordinator is not available.",
        .notCoordinator: "This is not the correct coordinator.",
        .invalidTopicException: "The request attempted to perform an operation on an invalid topic.",
        .invalidGroupId: "The configured groupId is invalid.",
        .unknownMemberId: "The coordinator is not aware of this member.",
        .topicAuthorizationFailed: "Topic authorization failed.",
        .groupAuthorizationFailed: "Group authorization failed.",
        .clusterAuthorizationFailed: "Cluster authorization failed.",
        .unsupportedVersion: "The version of API is not supported.",
        .invalidConfig: "Configuration is invalid.",
        .policyViolation: "Request parameters do not satisfy the configured policy.",
        .nonEmptyGroup: "The group is not empty.",
        .groupIdNotFound: "The group id does not exist.",
        .groupSubscribedToTopic:
            "Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.",
    ]
}
