import CommitLog
import Coordination
import KafkaProtocol
import Logging
import Records

/// Appends the markers that end transactions to the partitions of this broker. Safe on any thread.
///
/// A marker of `__consumer_offsets` goes through the partition's group coordinator, which commits or forgets the
/// transaction's offsets with it.
struct TransactionMarkerWriter: Sendable {
    /// One producer's marker.
    struct Marker: Sendable {
        let producer: ProducerIdentity
        let commits: Bool
        let coordinatorEpoch: Int32
        let version: TransactionVersion
    }

    private let partitions: PartitionRegistry
    private let metadata: MetadataController
    private let groups: GroupCoordinator
    private let environment: BrokerEnvironment

    init(_ core: BrokerCore, groups: GroupCoordinator) {
        partitions = core.partitions
        metadata = core.metadata
        environment = core.environment
        self.groups = groups
    }

    /// Appends `marker` to a partition; completes when it is committed: at once as a rule, or on another thread.
    func write(
        _ marker: Marker,
        to topicPartition: TopicPartition,
        _ completion: @escaping @Sendable (ErrorCode) -> Void
    ) {
        guard let partition = partitions.partition(topicPartition) else { return completion(.unknownTopicOrPartition) }
        do throws(MarkerFailure) {
            let end = try append(marker, try encode(marker, topicPartition), to: partition)
            partition.whenCommitted(upTo: end) { completion($0?.errorCode ?? .none) }
        } catch { completion(error.code) }
    }

    private struct MarkerFailure: Error {
        let code: ErrorCode
    }

    private func encode(_ marker: Marker, _ topicPartition: TopicPartition) throws(MarkerFailure) -> Bytes {
        let epoch = marker.coordinatorEpoch
        let kind: ControlRecord.Kind =
            marker.commits ? .commit(coordinatorEpoch: epoch) : .abort(coordinatorEpoch: epoch)
        do throws(RecordsError) {
            return try ControlRecord(kind).batch(
                baseOffset: .zero,
                timestamp: environment.now(),
                partitionLeaderEpoch: .none,
                producerID: marker.producer.id,
                producerEpoch: marker.producer.epoch
            )
        } catch {
            environment.logger.error("a marker for \(topicPartition) cannot be built: \(error)")
            throw MarkerFailure(code: .unknownServerError)
        }
    }

    /// Returns the offset after the marker.
    private func append(_ marker: Marker, _ bytes: Bytes, to partition: Partition) throws(MarkerFailure) -> Offset {
        let conditions = AppendConditions(isMarkerEpochStrict: marker.version.bumpsEpochs)
        do throws(PartitionError) {
            guard partition.topicPartition.topic == GroupCoordinator.topic else {
                let now = environment.now()
                return try partition.append(bytes, origin: .coordinator, now: now, conditions: conditions).lastOffset
                    + 1
            }
            guard let shell = groups.partition(at: partition.topicPartition.partition) else { throw .notLeader }
            do throws(GroupMarkerError) {
                return try shell.endTransaction(
                    bytes,
                    of: marker.producer.id,
                    commits: marker.commits,
                    conditions: conditions
                )
            } catch {
                switch error {
                case .loading: throw .notLeader
                case .partition(let error): throw error
                }
            }
        } catch {
            if error.isOurs { environment.logger.error("a marker for \(partition.topicPartition): \(error)") }
            throw MarkerFailure(code: error.errorCode)
        }
    }

    /// Appends a transaction's markers where they are missing; completes with the partitions that need none any more.
    func write(
        _ markers: TransactionMarkers,
        coordinatorEpoch: Int32,
        _ completion: @escaping @Sendable (Set<TopicPartition>) -> Void
    ) {
        let partitions = markers.partitions.sorted()
        guard !partitions.isEmpty else { return completion([]) }
        let marker = Marker(
            producer: ProducerIdentity(markers.producerID, markers.producerEpoch),
            commits: markers.commits,
            coordinatorEpoch: coordinatorEpoch,
            version: markers.version
        )
        let gathering = Gathering<TopicPartition?>(count: partitions.count) { completion(Set($0.compactMap { $0 })) }
        for (index, partition) in partitions.enumerated() {
            write(marker, to: partition) { code in
                gathering.put(isDone(code, partition, markers.transactionalID) ? partition : nil, at: index)
            }
        }
    }

    private func isDone(_ code: ErrorCode, _ partition: TopicPartition, _ id: TransactionalID) -> Bool {
        switch code {
        case .none: return true
        // Deleted, and the transaction's records with it.
        case .unknownTopicOrPartition: return metadata.image.partition(partition) == nil
        // The partition has seen a later producer, or marker: there is no record left to end.
        case .invalidProducerEpoch, .transactionCoordinatorFenced:
            environment.logger.info("\(id): \(partition) needs no marker any more")
            return true
        default: return false
        }
    }
}
