import Records

/// A value, the time from which it counts, and the time from which the next version does.
public struct VersionedRecord<Value> {
    /// The value.
    public let value: Value
    /// The time from which it counts.
    public let timestamp: Timestamp
    /// Nil for the latest version.
    public let validTo: Timestamp?
}

extension VersionedRecord: Equatable where Value: Equatable {}
extension VersionedRecord: Sendable where Value: Sendable {}

/// A store of values by key that remembers past versions, so that it can be asked for a moment gone by. See KIP-889.
///
/// A version counts from its time until that of the next one. Versions are remembered as long as the history retention,
/// counted back from the highest time put; the latest version of a key always is. What is put with an earlier time than
/// that is not stored, and counted as ``DropReason/expired``. The changelog has each put as it came.
///
/// ```swift
/// func price(_ prices: VersionedKeyValueStore<String, Double>) throws {
///     try prices.put("phone", 900, at: 1000)
///     try prices.put("phone", 800, at: 2000)
///     print(try prices.get("phone", asOf: 1500)?.value ?? 0)  // 900
/// }
/// ```
public final class VersionedKeyValueStore<Key, Value>: StateStore {
    /// What became of a put.
    public enum PutResult: Hashable, Sendable {
        /// It is the latest version.
        case latest
        /// It counts until a later version that was there.
        case until(Timestamp)
        /// It was too old.
        case expired
    }

    /// How keys are written.
    public let keySerde: Serde<Key>
    /// How values are written.
    public let valueSerde: Serde<Value>
    private let layer: StoreLayer
    private let historyMs: Int64
    private var changelog: StoreChangelog?
    private var observedTime: Int64 = -1
    private var restoredBytes = 0

    init(
        _ configuration: StoreLayer.Configuration,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        historyMs: Int64
    ) {
        self.keySerde = keySerde
        self.valueSerde = valueSerde
        self.historyMs = historyMs
        layer = StoreLayer(configuration)
    }

    /// How long versions are remembered.
    public var historyRetention: Duration { .milliseconds(historyMs) }

    // MARK: Changing

    /// Sets the value of `key` from `timestamp` on; nil removes it from then on.
    @discardableResult
    public func put(_ key: Key, _ value: Value?, at timestamp: Timestamp) throws -> PutResult {
        let key = [UInt8](try layer.encode(key, keySerde))
        var bytes: [UInt8]?
        if let value {
            layer.valueBuffer.reset()
            if try valueSerde.serialize(value, &layer.valueBuffer) { bytes = [UInt8](layer.valueBytes) }
        }
        let result = try insert(key, bytes, timestamp.rawValue)
        if result == .expired { layer.context?.recordExpired(in: name) }
        try key.withUnsafeBytes { key in
            try bytes.withOptionalBytes { try changelog?.log(key, $0, timestamp) }
        }
        return result
    }

    /// Removes `key` from `timestamp` on, and returns the version that counted then.
    @discardableResult
    public func delete(_ key: Key, at timestamp: Timestamp) throws -> VersionedRecord<Value>? {
        let old = try get(key, asOf: timestamp)
        try put(key, nil, at: timestamp)
        return old
    }

    private func insert(_ key: [UInt8], _ value: [UInt8]?, _ time: Int64) throws -> PutResult {
        if time < observedTime.subtractingClamped(historyMs) { return .expired }
        observedTime = max(observedTime, time)
        return try key.withUnsafeBytes { key in
            var history = try layer.value(of: key).map { try VersionHistory($0) } ?? VersionHistory()
            let next = history.insert(value, from: time)
            history.trim(before: observedTime.subtractingClamped(historyMs))
            layer.valueBuffer.reset()
            history.write(to: &layer.valueBuffer)
            try layer.put(key, history.versions.isEmpty ? nil : layer.valueBytes)
            return next.map { .until(Timestamp($0)) } ?? .latest
        }
    }

    // MARK: Reading

    /// The latest version of `key`; nil when there is none or it was removed.
    public func get(_ key: Key) throws -> VersionedRecord<Value>? {
        try record(key) { $0.version(at: .max) }
    }

    /// The version of `key` that counted at `timestamp`; nil when there was none, or it is not remembered any more.
    ///
    /// ```swift
    /// func price(_ prices: VersionedKeyValueStore<String, Double>, at time: Timestamp) throws -> Double? {
    ///     try prices.get("phone", asOf: time)?.value
    /// }
    /// ```
    public func get(_ key: Key, asOf timestamp: Timestamp) throws -> VersionedRecord<Value>? {
        let time = timestamp.rawValue
        let isForgotten = time < observedTime.subtractingClamped(historyMs)
        return try record(key) { history in
            guard let found = history.version(at: time), !isForgotten || found.until == nil else { return nil }
            return found
        }
    }

    /// The versions of `key` that counted at any time from `from` to `to`, both included, earliest first; those that are
    /// not remembered any more are missing. See KIP-968.
    ///
    /// ```swift
    /// func lowest(_ prices: VersionedKeyValueStore<String, Double>, _ from: Timestamp, _ to: Timestamp) throws -> Double? {
    ///     try prices.versions(of: "phone", from: from, to: to).map(\.value).min()
    /// }
    /// ```
    public func versions(of key: Key, from: Timestamp, to: Timestamp) throws -> [VersionedRecord<Value>] {
        guard from <= to, let bytes = try layer.value(of: layer.encode(key, keySerde)) else { return [] }
        let earliest = max(from.rawValue, observedTime.subtractingClamped(historyMs))
        return try VersionHistory(bytes).versions(from: earliest, to: to.rawValue).map { try record($0, until: $1) }
    }

    private func record(
        _ key: Key,
        _ find: (VersionHistory) -> (version: VersionHistory.Version, until: Int64?)?
    ) throws -> VersionedRecord<Value>? {
        guard let bytes = try layer.value(of: layer.encode(key, keySerde)),
            let (version, until) = find(try VersionHistory(bytes)), let value = version.value
        else { return nil }
        return try record((version.from, value), until: until)
    }

    private func record(_ version: (from: Int64, value: [UInt8]), until: Int64?) throws -> VersionedRecord<Value> {
        VersionedRecord(
            value: try version.value.withUnsafeBytes { try valueSerde.deserialize($0) },
            timestamp: Timestamp(version.from),
            validTo: until.map { Timestamp($0) }
        )
    }
}

// MARK: - The task's side

extension VersionedKeyValueStore {
    public var name: String { layer.configuration.name }
    public var isPersistent: Bool { layer.isPersistent }
    public var isOpen: Bool { layer.isOpen }
    public var committedOffset: Offset? { layer.committedOffset }
    public var wantsCommit: Bool { layer.wantsCommit }

    public func open(_ context: any StateStoreContext) throws {
        try layer.open(context)
        // The layer has histories; the changelog takes the puts.
        layer.log = nil
        changelog = context.changelog(of: name)
    }

    public func flush() throws { try layer.flush() }
    public func commit(_ changelogOffset: Offset?) throws { try layer.commit(changelogOffset) }

    public func restore(
        key: UnsafeRawBufferPointer,
        value: UnsafeRawBufferPointer?,
        timestamp: Timestamp,
        offset: Offset
    ) throws {
        _ = try insert([UInt8](key), value.map { [UInt8]($0) }, timestamp.rawValue)
        restoredBytes += key.count + (value?.count ?? 0) + 24
        if restoredBytes > StoreLayer.restoreBatchBytes { try finishRestore(offset + 1) }
    }

    public func finishRestore(_ nextOffset: Offset) throws {
        restoredBytes = 0
        try layer.commit(nextOffset)
    }

    public func wipe() throws {
        try layer.wipe()
        observedTime = -1
    }

    public func close() throws {
        changelog = nil
        try layer.close()
    }
}

extension Stores {
    /// A store that remembers past versions: Kafka's `persistentVersionedKeyValueStore`. `history` says how long
    /// versions are remembered, and how late a put may come.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.versionedKeyValueStore("prices", .string, .double, history: .seconds(3600)))
    /// ```
    public static func versionedKeyValueStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        history: Duration,
        in storage: Storage = .disk,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<VersionedKeyValueStore<Key, Value>> {
        let configuration = layer(name, storage, isTimestamped: false, isCached: false)
        let historyMs = history.milliseconds
        return StoreBuilder(
            name: name,
            in: storage,
            logging: logging,
            changelogKind: .versioned(history: history)
        ) {
            VersionedKeyValueStore(configuration, keySerde, valueSerde, historyMs: historyMs)
        }
    }
}
