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
    let directory: String
    /// Appended or replayed since the newest snapshot.
    var bytesSinceSnapshot: Int64 = 0
    /// Of the last append.
    private(set) var lastTimestamp: Timestamp
    private let log: PartitionLog
    private let fileSystem: any FileSystem

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
        self.directory = directory
        self.fileSystem = fileSystem
        lastTimestamp = environment.now()
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
        let newest = max(state?.leaderEpoch ?? 0, log.leaderEpochs.latest?.epoch ?? 0, snapshot?.name.epoch ?? 0)
        epoch = LeaderEpoch(newest.rawValue + 1)
        if let snapshot {
            try MetadataReplay.apply(snapshot.batches, source: snapshot.path, to: &image)
            image.nextOffset = snapshot.name.endOffset
        }
        try replay(to: &image)
        // A quorum that may change is formatted with an empty snapshot. See StorageVoter.
        let isDynamic = snapshot?.name.endOffset == .zero
        try QuorumState(leaderID: nodeID, leaderEpoch: epoch, dataVersion: state?.dataVersion ?? (isDynamic ? 1 : 0))
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
            bytesSinceSnapshot += Int64(result.sizeInBytes)
            lastTimestamp = now
            return result.baseOffset
        } catch { throw MetadataAppendError("\(error)") }
    }

    /// Removes the oldest snapshots, never the newest, while log and snapshots take more than `maxBytes` (-1 is without
    /// limit) or the last record that the oldest stands for is older than `maxAgeMs` (-1 is for ever). The log then begins
    /// where the next one ends.
    func removeOldSnapshots(maxBytes: Int64, maxAgeMs: Int64, now: Timestamp) throws {
        var names = try MetadataSnapshot.names(in: directory, fileSystem: fileSystem)
        while names.count > 1 {
            let path = "\(directory)/\(names[0].fileName)"
            let last = try MetadataSnapshot.lastTimestamp(at: path, fileSystem: fileSystem)
            let age = now.rawValue.subtractingReportingOverflow(last?.rawValue ?? now.rawValue)
            let isOld = maxAgeMs >= 0 && !age.overflow && age.partialValue > maxAgeMs
            guard try isOld || maxBytes >= 0 && sizeInBytes(names) > maxBytes else { return }
            try log.advanceLogStartOffset(to: max(log.logStartOffset, names[1].endOffset))
            try log.removeOldSegments(now: now)
            try log.removeRetiredFiles(now: .init(.max))
            try fileSystem.remove(path)
            names.removeFirst()
        }
    }

    private func sizeInBytes(_ names: [MetadataSnapshot.Name]) throws -> Int64 {
        try names.reduce(log.sizeInBytes) { sum, name in
            sum + (try fileSystem.status(of: "\(directory)/\(name.fileName)")?.sizeInBytes ?? 0)
        }
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
            bytesSinceSnapshot += Int64(bytes.count)
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
