import Records

/// The records of a stream that wait to be joined with a versioned table: by time, in memory or on disk, with a changelog.
///
/// | bytes of a key | what |
/// |---|---|
/// | 1, 8 | 0, and the record's time |
/// | n, 4 | its key, and a number that tells equal ones apart |
///
/// A value is a ``BufferedChange`` with only a new value, and 8 zero bytes. Changelog records have no time of their own.
@usableFromInline
final class JoinBuffer: StateStore {
    private let layer: StoreLayer
    private let graceMs: Int64
    private var changelog: StoreChangelog?
    private var sequence: Int32 = 0
    private var observedTime: Int64 = -1

    init(_ configuration: StoreLayer.Configuration, graceMs: Int64) {
        layer = StoreLayer(configuration)
        self.graceMs = graceMs
    }

    /// Takes a record; false when it is so late, by the records taken so far, that it need not wait.
    func put(_ key: [UInt8], _ value: [UInt8], _ record: ProcessorRecordContext) throws -> Bool {
        let time = record.timestamp.rawValue
        if observedTime.subtractingClamped(graceMs) > time { return false }
        observedTime = max(observedTime, time)
        sequence = (sequence &+ 1) & Int32.max
        layer.keyBuffer.reset()
        layer.keyBuffer.append(uint8: 0)
        layer.keyBuffer.append(int64: time)
        key.withUnsafeBytes { layer.keyBuffer.append($0) }
        layer.keyBuffer.append(int32: sequence)
        layer.valueBuffer.reset()
        BufferedChange(prior: nil, old: nil, new: value, context: record).write(to: &layer.valueBuffer)
        layer.valueBuffer.append(int64: 0)
        let bytes = layer.keyBuffer.withUnsafeBytes { $0 }
        try changelog?.logWithHeaders(bytes, layer.valueBytes, .none, [])
        try layer.put(bytes, layer.valueBytes)
        return true
    }

    /// Takes out the records that have waited for the grace period, by time.
    func removeDue(_ body: (_ key: [UInt8], _ value: [UInt8], ProcessorRecordContext) throws -> Void) throws {
        let due = observedTime.subtractingClamped(graceMs)
        guard due >= 0 else { return }
        let bound = [0] + withUnsafeBytes(of: due.addingClamped(1).bigEndian) { [UInt8]($0) }
        let cursor = try bound.withUnsafeBytes { try StoreCursor(layer, from: nil, before: $0, isReverse: false) }
        defer { cursor.close() }
        while try cursor.advance() {
            let bytes = [UInt8](cursor.key)
            guard bytes.count >= 13, cursor.value.count >= 8 else {
                throw ProcessorStateException("the files of store \(name) are damaged")
            }
            let held = try BufferedChange(UnsafeRawBufferPointer(rebasing: cursor.value.dropLast(8)))
            if let value = held.new { try body([UInt8](bytes[9..<(bytes.count - 4)]), value, held.context) }
            try bytes.withUnsafeBytes { key in
                try changelog?.logWithHeaders(key, nil, .none, [])
                try layer.put(key, nil)
            }
        }
    }
}

// MARK: - The task's side

extension JoinBuffer {
    @usableFromInline var name: String { layer.configuration.name }
    @usableFromInline var isPersistent: Bool { layer.isPersistent }
    @usableFromInline var isOpen: Bool { layer.isOpen }
    @usableFromInline var committedOffset: Offset? { layer.committedOffset }
    @usableFromInline var wantsCommit: Bool { layer.wantsCommit }

    @usableFromInline
    func open(_ context: any StateStoreContext) throws {
        try layer.open(context)
        layer.log = nil
        changelog = context.changelog(of: name)
    }

    @usableFromInline func flush() throws { try layer.flush() }
    @usableFromInline func commit(_ changelogOffset: Offset?) throws { try layer.commit(changelogOffset) }

    @usableFromInline
    func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        if key.count >= 13 {
            observedTime = max(
                observedTime,
                Int64(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: Int64.self))
            )
        }
        try layer.restore(key, value, timestamp, offset)
    }

    @usableFromInline func finishRestore(_ nextOffset: Offset) throws { try layer.finishRestore(nextOffset) }
    @usableFromInline func wipe() throws { try layer.wipe() }

    @usableFromInline
    func close() throws {
        changelog = nil
        try layer.close()
    }
}

extension Stores {
    /// The buffer of a join with a grace period.
    @usableFromInline
    static func joinBuffer(_ name: String, graceMs: Int64) -> StoreBuilder<JoinBuffer> {
        let configuration = layer(name, .disk, isTimestamped: false, isCached: false)
        return StoreBuilder(name: name, isPersistent: true) { JoinBuffer(configuration, graceMs: graceMs) }
    }
}
