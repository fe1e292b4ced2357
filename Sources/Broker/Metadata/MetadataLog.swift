import CommitLog
import KafkaProtocol
import Logging
import Records

/// `__cluster_metadata-0` on disk, in the format of KRaft: batches of framed records, a leader change at the start of
/// each epoch.
///
/// One node is a quorum of one: what is appended and synced is committed. With more nodes, the quorum's machine stands
/// between ``append(_:now:)`` and the image that the controller publishes.
final class MetadataLog {
    static let topicPartition = TopicPartition("__cluster_metadata", 0)
    /// The id that KRaft reserves for the topic.
    static let topicID = TopicID(KafkaUUID(high: 0, low: 1))

    let epoch: LeaderEpoch
    private let log: PartitionLog

    /// Opens the log, replays it over `image`, and begins a new epoch with this node as its leader.
    ///
    /// Errors: ``StartupError`` with the offset of a record that cannot be read or does not fit.
    init(
        in parent: String,
        cleanShutdown: Bool,
        configuration: BrokerConfiguration,
        environment: BrokerEnvironment,
        image: inout MetadataImage
    ) throws(StartupError) {
        let directory = "\(parent)/\(MetadataLog.topicPartition)"
        let (fileSystem, nodeID) = (environment.fileSystem, configuration.nodeID)
        do throws(LogError) {
            log = try PartitionLog.open(
                directory: directory,
                topicPartition: MetadataLog.topicPartition,
                topicID: MetadataLog.topicID,
                fileSystem: fileSystem,
                configuration: MetadataLog.logConfiguration(configuration),
                recovery: cleanShutdown ? .clean : .unclean(recoveryPoint: .zero),
                logger: environment.logger,
                now: environment.now()
            )
        } catch { throw StartupError("\(directory): \(error)") }
        do throws(FileSystemError) { try fileSystem.syncDirectory(parent) } catch { throw StartupError("\(error)") }
        let snapshot = try MetadataSnapshot.newest(in: directory, fileSystem: fileSystem)
        let state = try QuorumState.read(in: directory, fileSystem: fileSystem)
        let newest = max(state?.leaderEpoch ?? 0, log.leaderEpochs.latest?.epoch ?? 0, snapshot?.epoch ?? 0)
        epoch = LeaderEpoch(newest.rawValue + 1)
        if let snapshot {
            try MetadataReplay.apply(snapshot.batches, source: snapshot.path, to: &image)
            image.nextOffset = snapshot.endOffset
        }
        try replay(to: &image)
        try QuorumState(leaderID: nodeID, leaderEpoch: epoch, dataVersion: state?.dataVersion ?? 0)
            .write(in: directory, fileSystem: fileSystem)
        try appendLeaderChange(nodeID, now: environment.now())
        image.nextOffset = log.logEndOffset
    }

    var endOffset: Offset { log.logEndOffset }

    /// Appends `records` as one batch, all or none, and syncs it. Answers the offset of the first.
    func append(_ records: [AnyMetadataRecord], now: Timestamp) throws(MetadataAppendError) -> Offset {
        var builder = RecordBatchBuilder(partitionLeaderEpoch: epoch)
        do {
            for record in records { builder.append(timestamp: now, key: nil, value: try record.encoded()) }
            let result = try log.appendAsLeader(try builder.build(), leaderEpoch: epoch, now: now, origin: .coordinator)
            try log.flush()
            log.updateHighWatermark(to: log.logEndOffset)
            return result.baseOffset
        } catch { throw MetadataAppendError("\(error)") }
    }

    /// Syncs and closes the files.
    func close() throws(LogError) { try log.close() }

    var recoveryPoint: Offset { log.recoveryPoint }

    private static func logConfiguration(_ configuration: BrokerConfiguration) -> LogConfiguration {
        var log = LogConfiguration()
        log.segmentBytes = Int(configuration.integer("metadata.log.segment.bytes"))
        log.segmentMs = configuration.integer("metadata.log.segment.ms")
        log.maxMessageBytes = 8 << 20
        log.retentionMs = -1
        log.retentionBytes = -1
        return log
    }

    private func appendLeaderChange(_ nodeID: BrokerID, now: Timestamp) throws(StartupError) {
        let voter = LeaderChangeMessage.Voter(voterId: nodeID)
        let message = LeaderChangeMessage(version: 0, leaderId: nodeID, voters: [voter], grantingVoters: [voter])
        do {
            let record = ControlRecord(.leaderChange(try message.encoded(version: 0)))
            let batch = try record.batch(baseOffset: log.logEndOffset, timestamp: now, partitionLeaderEpoch: epoch)
            _ = try log.appendAsLeader(batch, leaderEpoch: epoch, now: now, origin: .coordinator)
        } catch { throw StartupError("the metadata log takes no leader change: \(error)") }
    }

    private func replay(to image: inout MetadataImage) throws(StartupError) {
        var offset = max(image.nextOffset, log.logStartOffset)
        while offset < log.logEndOffset {
            let bytes: Bytes
            do {
                let read = try log.read(from: offset, maxBytes: 1 << 20, upTo: log.logEndOffset, minOneBatch: true)
                bytes = try RecordsPayload(parts: read.parts).load()
            } catch { throw StartupError("the metadata log cannot be read at offset \(offset): \(error)") }
            let next = try MetadataReplay.apply(bytes, source: "__cluster_metadata-0", to: &image)
            guard next > offset else { throw StartupError("the metadata log has no batch at offset \(offset)") }
            offset = next
        }
    }
}

/// A change that could not be written.
struct MetadataAppendError: Error, Sendable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
