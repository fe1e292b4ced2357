import CommitLog
import KafkaProtocol
import Records

/// Why a partition refused.
enum PartitionError: Error, Sendable {
    /// The partition was deleted or is led elsewhere by now.
    case notLeader
    /// The client knows a newer epoch than this broker.
    case unknownLeaderEpoch
    /// The client knows an older epoch than this broker.
    case fencedLeaderEpoch
    /// What the log said.
    case log(LogError)
}
