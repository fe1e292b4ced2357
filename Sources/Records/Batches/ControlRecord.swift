/// A record that a broker, not a producer, put into the log: a transaction's end, or a step of the metadata quorum.
///
/// Key: version (int16, 0) and type (int16). Value of a transaction's end: version (int16, 0) and the coordinator's
/// epoch (int32); that of the quorum's types is a message of its own, kept here as bytes. See KIP-98 and KIP-595.
public struct ControlRecord: Sendable, Hashable {
    /// What the record says.
    public enum Kind: Sendable, Hashable {
        /// The transaction's records do not count.
        case abort(coordinatorEpoch: Int32)
        /// The transaction's records count.
        case commit(coordinatorEpoch: Int32)
        /// The quorum has a new leader: a `LeaderChangeMessage`.
        case leaderChange(Bytes)
        /// A snapshot begins: a `SnapshotHeaderRecord`.
        case snapshotHeader(Bytes)
        /// A snapshot ends: a `SnapshotFooterRecord`.
        case snapshotFooter(Bytes)
        /// The quorum's feature level: a `KRaftVersionRecord`.
        case kraftVersion(Bytes)
        /// The quorum's voters: a `VotersRecord`.
        case kraftVoters(Bytes)
        /// A type from the future, to be passed over.
        case unknown(type: Int16, value: Bytes)
    }

    /// What the record says.
    public var kind: Kind

    /// The record that says `kind`.
    public init(_ kind: Kind) { self.kind = kind }

    /// The number that the key carries.
    public var typeID: Int16 {
        switch kind {
        case .abort: 0
        case .commit: 1
        case .leaderChange: 2
        case .snapshotHeader: 3
        case .snapshotFooter: 4
        case .kraftVersion: 5
        case .kraftVoters: 6
        case .unknown(let type, _): type
        }
    }

    // MARK: Reading

    /// Reads a control batch's record. Errors: `invalidControlRecord`.
    public init(_ record: RecordView) throws(RecordsError) {
        try self.init(key: record.key, value: record.value)
    }

    /// Reads a control batch's record. Errors: `invalidControlRecord`.
    public init(_ record: Record) throws(RecordsError) {
        try self.init(key: record.key, value: record.value)
    }

    /// Reads key and value of a control batch's record. A higher version is read as version 0, as in Java.
    /// Errors: `invalidControlRecord` for less bytes than the type needs, or a negative version.
    public init(key: Bytes?, value: Bytes?) throws(RecordsError) {
        let key = key ?? Bytes()
        let value = value ?? Bytes()
        guard key.count >= 4 else { throw ControlRecord.error("a key of \(key.count) bytes") }
        let version = key.bigEndian(at: 0, as: Int16.self)
        guard version >= 0 else { throw ControlRecord.error("key version \(version)") }
        switch key.bigEndian(at: 2, as: Int16.self) {
        case 0: kind = .abort(coordinatorEpoch: try ControlRecord.coordinatorEpoch(value))
        case 1: kind = .commit(coordinatorEpoch: try ControlRecord.coordinatorEpoch(value))
        case 2: kind = .leaderChange(value)
        case 3: kind = .snapshotHeader(value)
        case 4: kind = .snapshotFooter(value)
        case 5: kind = .kraftVersion(value)
        case 6: kind = .kraftVoters(value)
        case let type: kind = .unknown(type: type, value: value)
        }
    }

    /// The one record of a control batch. Errors: `emptyBatch`, `invalidControlRecord`, and those of the reader.
    public init(_ batch: RecordBatch) throws(RecordsError) {
        guard batch.isControl else { throw ControlRecord.error("the batch holds data") }
        var reader = try batch.makeRecordReader()
        guard let record = try reader.next() else { throw RecordsError(.emptyBatch, at: 0, "a control batch of none") }
        try self.init(key: record.key, value: record.value)
    }

    private static func coordinatorEpoch(_ value: Bytes) throws(RecordsError) -> Int32 {
        guard value.count >= 6 else { throw error("a transaction marker of \(value.count) bytes") }
        let version = value.bigEndian(at: 0, as: Int16.self)
        guard version >= 0 else { throw error("transaction marker version \(version)") }
        return value.bigEndian(at: 2, as: Int32.self)
    }

    private static func error(_ detail: String) -> RecordsError { RecordsError(.invalidControlRecord, at: 0, detail) }

    // MARK: Writing

    /// The record's key.
    public var key: Bytes {
        var buffer = RawBuffer(capacity: 4)
        buffer.append(int16: 0)
        buffer.append(int16: typeID)
        return buffer.bytes()
    }

    /// The record's value.
    public var value: Bytes {
        switch kind {
        case .abort(let epoch), .commit(let epoch):
            var buffer = RawBuffer(capacity: 6)
            buffer.append(int16: 0)
            buffer.append(int32: epoch)
            return buffer.bytes()
        case .leaderChange(let value), .snapshotHeader(let value), .snapshotFooter(let value), .kraftVersion(let value),
            .kraftVoters(let value), .unknown(_, let value):
            return value
        }
    }

    /// A batch of this record alone. A transaction's marker is transactional and bears the producer's id and epoch,
    /// without a sequence. Errors: those of ``RecordBatchBuilder/build(baseOffset:)``.
    public func batch(
        baseOffset: Offset,
        timestamp: Timestamp,
        partitionLeaderEpoch: LeaderEpoch,
        producerID: ProducerID = .none,
        producerEpoch: ProducerEpoch = .none
    ) throws(RecordsError) -> Bytes {
        var builder = RecordBatchBuilder(
            producerID: producerID,
            producerEpoch: producerEpoch,
            isTransactional: endsTransaction,
            isControl: true,
            partitionLeaderEpoch: partitionLeaderEpoch,
            baseOffset: baseOffset,
            initialCapacity: 128
        )
        builder.append(timestamp: timestamp, key: key, value: value)
        return try builder.build()
    }

    /// Whether this is a transaction's commit or abort marker.
    public var endsTransaction: Bool {
        switch kind {
        case .abort, .commit: true
        case .leaderChange, .snapshotHeader, .snapshotFooter, .kraftVersion, .kraftVoters, .unknown: false
        }
    }
}

extension Bytes {
    /// The big-endian integer at `position`, which the caller has checked to lie within.
    func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(at position: Int, as type: T.Type) -> T {
        precondition(position >= 0 && position + MemoryLayout<T>.size <= count, "\(position) exceeds \(count) bytes")
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: T.self).bigEndian }
    }
}
