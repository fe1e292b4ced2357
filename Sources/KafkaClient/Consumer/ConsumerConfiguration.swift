import KafkaProtocol
import Records

/// How a consumer fetches, commits and takes part in its group. Names and defaults are Kafka's.
///
/// ```swift
/// var configuration = ConsumerConfiguration(groupID: "billing")
/// configuration.autoOffsetReset = .earliest
/// configuration.enablesAutoCommit = false
/// ```
public struct ConsumerConfiguration: Sendable {
    /// `group.id`: the group that topics are shared with, and that offsets are committed for.
    public var groupID: GroupID?
    /// `group.instance.id`: a name that outlives restarts, so that a restart moves no partition. See KIP-345.
    public var groupInstanceID: String?
    /// `session.timeout.ms`: a member that the coordinator does not hear of for so long is gone.
    public var sessionTimeout = Duration.seconds(45)
    /// `heartbeat.interval.ms`
    public var heartbeatInterval = Duration.seconds(3)
    /// `max.poll.interval.ms`: a consumer that does not poll for so long leaves its group; also the time that members
    /// have to come together in a rebalance.
    public var maxPollInterval = Duration.seconds(300)
    /// `max.poll.records`: one poll adds no further batch once it has so many records.
    public var maxPollRecords = 500
    /// `fetch.min.bytes`: the broker waits for so much data, as long as `fetch.max.wait.ms`.
    public var fetchMinBytes = 1
    /// `fetch.max.wait.ms`
    public var fetchMaxWait = Duration.milliseconds(500)
    /// `fetch.max.bytes`: of one answer.
    public var fetchMaxBytes = 52_428_800
    /// `max.partition.fetch.bytes`: of one partition within an answer.
    public var maxPartitionFetchBytes = 1_048_576
    /// Bytes that may lie fetched ahead of the application; at this limit nothing more is fetched.
    public var maxBufferedBytes = 67_108_864
    /// `isolation.level`
    public var isolationLevel = IsolationLevel.readUncommitted
    /// `check.crcs`
    public var checksCRCs = true
    /// `auto.offset.reset`
    public var autoOffsetReset = AutoOffsetReset.latest
    /// `enable.auto.commit`; nil is true for consumers with a group.
    public var enablesAutoCommit: Bool?
    /// `auto.commit.interval.ms`
    public var autoCommitInterval = Duration.seconds(5)
    /// `client.rack`: fetches come from a replica in this rack where the broker says so. See KIP-392.
    public var clientRack = ""
    /// `exclude.internal.topics`: whether a pattern passes over internal topics.
    public var excludesInternalTopics = true
    /// `partition.assignment.strategy`, by preference. Give assignors of your own to
    /// ``Consumer/init(_:_:assignors:)``.
    public var assignmentStrategies = [AssignmentStrategy.range, .cooperativeSticky]
    /// `default.api.timeout.ms`: how long a call of the consumer may take with all its attempts.
    public var apiTimeout = Duration.seconds(60)
    /// `request.timeout.ms`
    public var requestTimeout = Duration.seconds(30)
    /// `retry.backoff.ms`
    public var retryBackoff = Duration.milliseconds(100)
    /// `retry.backoff.max.ms`
    public var retryBackoffMax = Duration.seconds(1)
    /// `metadata.max.age.ms`: how often topics are matched against a pattern.
    public var metadataMaxAge = Duration.seconds(300)
    /// `internal.leave.group.on.close`: Kafka Streams sets it to false, so that a restart finds its tasks again.
    public var leavesGroupOnClose = true

    /// A consumer without a group where no `groupID` is given: it can be assigned partitions, but cannot subscribe or
    /// commit.
    public init(groupID: GroupID? = nil) { self.groupID = groupID }

    /// Reads dotted names. Those of ``ClientConfiguration`` may stand among them. Errors: unknown names, values that do
    /// not fit, and values that contradict each other.
    public init(properties: [String: String], alsoKnown: Set<String> = []) throws(ConfigurationError) {
        self.init()
        let known = alsoKnown.union(ClientConfiguration.names)
        try ConsumerConfiguration.keys.apply(properties, to: &self, alsoKnown: known)
        if let problem = contradiction { throw ConfigurationError(unknown: [], invalid: [problem]) }
    }

    /// Whether positions are committed while polling.
    public var commitsAutomatically: Bool { enablesAutoCommit ?? (groupID != nil) }

    /// Settings that contradict each other, if any do.
    var contradiction: ConfigurationError.Invalid? {
        if enablesAutoCommit == true, groupID == nil {
            let reason = "enable.auto.commit cannot be set to true when default group id (null) is used."
            return ConfigurationError.Invalid(name: "enable.auto.commit", value: "true", reason: reason)
        }
        if heartbeatInterval >= sessionTimeout {
            let reason = "Heartbeat must be set lower than the session timeout"
            let value = "\(heartbeatInterval.wholeMilliseconds)"
            return ConfigurationError.Invalid(name: "heartbeat.interval.ms", value: value, reason: reason)
        }
        if assignmentStrategies.isEmpty {
            let reason = "must not be empty"
            return ConfigurationError.Invalid(name: "partition.assignment.strategy", value: "", reason: reason)
        }
        return nil
    }
}

/// Which records of transactions a consumer sees. See KIP-98.
public enum IsolationLevel: Int8, Sendable, Hashable {
    /// All, whether or not their transaction was committed.
    case readUncommitted = 0
    /// Only those of committed transactions, up to the last stable offset.
    case readCommitted = 1
}

/// Where a consumer begins in a partition for which it has no valid offset.
public enum AutoOffsetReset: Sendable, Hashable {
    /// At the first record.
    case earliest
    /// After the last record.
    case latest
    /// Nowhere: ``Consumer/poll(timeout:)`` throws.
    case none
    /// At the first record that is no older than this. See KIP-1106.
    case byDuration(Duration)
}

extension AutoOffsetReset: CustomStringConvertible {
    /// Reads `earliest`, `latest`, `none` and `by_duration:` with an ISO 8601 duration; nil for anything else.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "earliest": self = .earliest
        case "latest": self = .latest
        case "none": self = .none
        case let other:
            guard other.hasPrefix("by_duration:"),
                let duration = Duration(iso8601: other.dropFirst("by_duration:".count)), duration >= .zero
            else { return nil }
            self = .byDuration(duration)
        }
    }

    public var description: String {
        switch self {
        case .earliest: "earliest"
        case .latest: "latest"
        case .none: "none"
        case .byDuration(let duration): "by_duration:PT\(duration / .seconds(1))S"
        }
    }
}

/// The assignors that Kafka brings.
public enum AssignmentStrategy: String, Sendable, Hashable, CaseIterable {
    /// `range`: each topic's partitions in stretches. See ``RangeAssignor``.
    case range
    /// `roundrobin`: one partition after the other. See ``RoundRobinAssignor``.
    case roundRobin = "roundrobin"
    /// `sticky`: as even as can be, and as before where that is possible. See ``StickyAssignor``.
    case sticky
    /// `cooperative-sticky`: sticky, and members keep what does not move. See ``CooperativeStickyAssignor``.
    case cooperativeSticky = "cooperative-sticky"

    /// Reads the name, or that of the Java class.
    public init?(_ text: String) {
        switch text {
        case "org.apache.kafka.clients.consumer.RangeAssignor": self = .range
        case "org.apache.kafka.clients.consumer.RoundRobinAssignor": self = .roundRobin
        case "org.apache.kafka.clients.consumer.StickyAssignor": self = .sticky
        case "org.apache.kafka.clients.consumer.CooperativeStickyAssignor": self = .cooperativeSticky
        default: self.init(rawValue: text)
        }
    }

    /// An assignor of this strategy, for one consumer.
    public func makeAssignor() -> any PartitionAssignor {
        switch self {
        case .range: RangeAssignor()
        case .roundRobin: RoundRobinAssignor()
        case .sticky: StickyAssignor()
        case .cooperativeSticky: CooperativeStickyAssignor()
        }
    }
}
