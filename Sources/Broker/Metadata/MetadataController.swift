import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization

/// The one writer of `__cluster_metadata`: judges a change against the newest image, appends its records, and publishes
/// the image that they make.
///
/// Changes run one after another on the control loop and answer through completions, called there. Readers take
/// ``image`` from any thread. Order of a change: append and sync; ``MetadataListener/willPublish(_:)``; the new image
/// becomes visible; ``MetadataListener/didPublish(_:)``; the completion.
final class MetadataController: Sendable {
    typealias Completion<Value> = @Sendable (Result<Value, APIFailure>) -> Void

    /// A change of more records is refused, as by Kafka.
    static let maxRecordsPerChange = 10_000
    /// How many producer ids one block holds.
    static let producerIDBlockSize: Int64 = 1000

    let configuration: BrokerConfiguration
    let environment: BrokerEnvironment
    private let published: Mutex<MetadataImage>
    private let listeners = Mutex<[any MetadataListener]>([])
    /// Touched on the control loop only.
    private let log: NIOLoopBound<MetadataLog>

    init(
        configuration: BrokerConfiguration,
        environment: BrokerEnvironment,
        image: MetadataImage,
        log: NIOLoopBound<MetadataLog>
    ) {
        self.configuration = configuration
        self.environment = environment
        self.log = log
        published = Mutex(image)
    }

    /// The newest published image.
    var image: MetadataImage { published.withLock { $0 } }

    func add(_ listener: any MetadataListener) { listeners.withLock { $0.append(listener) } }

    /// Runs `change` on the control loop.
    func execute(_ change: @escaping @Sendable () -> Void) {
        let loop = environment.controlLoop
        if loop.inEventLoop { change() } else { loop.execute(change) }
    }

    var resolver: ConfigResolver { ConfigResolver(configuration: configuration, image: image) }

    /// Appends `records` as one batch and publishes what they make. On the control loop.
    ///
    /// Errors: KAFKA_STORAGE_ERROR when the log did not take them; nothing changed then.
    func commit(_ records: [AnyMetadataRecord]) throws(APIFailure) {
        environment.controlLoop.preconditionInEventLoop()
        guard !records.isEmpty else { return }
        guard records.count <= MetadataController.maxRecordsPerChange else { throw .excessiveChange }
        let change: MetadataChange
        do {
            // Tried before it is written: a record that does not fit must not reach the log.
            change = try MetadataChange(
                image,
                applying: records,
                nextOffset: log.value.endOffset + Int64(records.count)
            )
            _ = try log.value.append(records, now: environment.now())
        } catch {
            environment.logger.error("the metadata did not change: \(error)")
            throw APIFailure(.kafkaStorageError, "\(error)")
        }
        publish(change)
    }

    /// The end of the metadata log, which is the epoch of a broker that registers next. On the control loop.
    var nextOffset: Offset { log.value.endOffset }

    /// The epoch in which this node leads the metadata quorum. On the control loop.
    var epoch: LeaderEpoch { log.value.epoch }

    private func publish(_ change: MetadataChange) {
        let listeners = listeners.withLock { $0 }
        for listener in listeners { listener.willPublish(change) }
        published.withLock { $0 = change.after }
        for listener in listeners { listener.didPublish(change) }
    }

    /// Reserves a block of producer ids that no other caller gets, and no later one after a restart.
    func allocateProducerIDs(_ completion: @escaping Completion<Range<Int64>>) {
        execute { [self] in
            let image = image
            let first = image.nextProducerID.rawValue
            let (next, overflow) = first.addingReportingOverflow(MetadataController.producerIDBlockSize)
            guard !overflow else {
                completion(.failure(APIFailure(.unknownServerError, "No producer ids are left.")))
                return
            }
            let record = ProducerIdsRecord(
                brokerId: configuration.nodeID,
                brokerEpoch: image.brokers[configuration.nodeID]?.epoch ?? -1,
                nextProducerId: ProducerID(next)
            )
            completion(
                attempt { () throws(APIFailure) in
                    try commit([.producerIds(record)])
                    return first..<next
                }
            )
        }
    }

    /// Runs a change whose outcome is a completion's.
    func attempt<Value>(_ change: () throws(APIFailure) -> Value) -> Result<Value, APIFailure> {
        do throws(APIFailure) { return .success(try change()) } catch { return .failure(error) }
    }
}
