import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization

/// The one writer of `__cluster_metadata`: validates a change against the newest image, appends its records, applies
/// them and publishes the new image.
///
/// Changes run one after another on the control loop and answer through completions, called there. Readers take
/// ``image`` from any thread. Between append and apply lies the seam for a quorum of several nodes: see
/// ``MetadataLog``.
final class MetadataController: Sendable {
    typealias Completion<Value> = @Sendable (Result<Value, APIFailure>) -> Void

    /// The newest published image.
    var image: MetadataImage { published.withLock { $0 } }

    private let published: Mutex<MetadataImage>
    let nodeID: BrokerID
    private let controlLoop: any EventLoop

    init(image: MetadataImage, nodeID: BrokerID, controlLoop: any EventLoop) {
        self.published = Mutex(image)
        self.nodeID = nodeID
        self.controlLoop = controlLoop
    }

    /// Makes topics; one result a topic, in order.
    func createTopics(
        _ topics: [NewTopic], validateOnly: Bool, _ completion: @escaping @Sendable ([Result<CreatedTopic, APIFailure>]) -> Void
    ) {}

    /// Reserves a block of producer ids (1,000) that no other caller gets, and no later one after a restart.
    func allocateProducerIDs(_ completion: @escaping Completion<Range<Int64>>) {}
}

/// Why a request was refused, as its answer says it: a code, and a sentence for the user.
struct APIFailure: Error, Hashable, Sendable {
    let code: ErrorCode
    let message: String?
    init(_ code: ErrorCode, _ message: String? = nil) {
        self.code = code
        self.message = message
    }
}
