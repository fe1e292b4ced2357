import KafkaProtocol
import Records

extension AnyMetadataRecord {
    /// The record in its frame, in the oldest version that holds all it says.
    func encoded() throws(WireError) -> Bytes {
        switch self {
        case .registerBroker(let record): try record.encodedFrame(version: 3)
        case .partition(let record): try record.encodedFrame(version: record.eligibleLeaderReplicas == nil ? 1 : 2)
        case .partitionChange(let record):
            try record.encodedFrame(version: record.eligibleLeaderReplicas == nil ? 1 : 2)
        case .brokerRegistrationChange(let record): try record.encodedFrame(version: 2)
        default: try record.encodedFrame(version: 0)
        }
    }
}
