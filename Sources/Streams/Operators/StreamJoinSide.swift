import Records

/// The store of records that are alone so far, by time: those of left and outer joins that wait for their window to close.
@usableFromInline
typealias LoneRecords<Key, Left, Right> = KeyValueStore<LoneKey<Key>, [LoneValue<Left, Right>]>

/// One side of a join of two streams.
@usableFromInline
struct StreamJoinSide<Key, Own, Other, Left, Right, Result>: Sendable {
    @usableFromInline let isLeft: Bool
    /// Whether a record that stays alone is emitted.
    @usableFromInline let isOuter: Bool
    @usableFromInline let beforeMs: Int64
    @usableFromInline let afterMs: Int64
    @usableFromInline let windows: JoinWindows
    @usableFromInline let value: @Sendable (Own) -> LoneValue<Left, Right>
    @usableFromInline let join: @Sendable (Key?, Own?, Other?) throws -> Result?
    @usableFromInline let joinAlone: @Sendable (Key?, Left?, Right?) throws -> Result?

    @inlinable
    init(
        _ windows: JoinWindows,
        isLeft: Bool,
        isOuter: Bool,
        value: @escaping @Sendable (Own) -> LoneValue<Left, Right>,
        join: @escaping @Sendable (Key?, Own?, Other?) throws -> Result?,
        joinAlone: @escaping @Sendable (Key?, Left?, Right?) throws -> Result?
    ) {
        self.windows = windows
        self.isLeft = isLeft
        self.isOuter = isOuter
        self.value = value
        self.join = join
        self.joinAlone = joinAlone
        beforeMs = isLeft ? windows.beforeMs : windows.afterMs
        afterMs = isLeft ? windows.afterMs : windows.beforeMs
    }

    @inlinable
    func closure(
        _ next: @escaping Forward<Key, Result>,
        _ scope: NodeScope,
        _ other: WindowStore<Key, Other>,
        _ alone: LoneRecords<Key, Left, Right>?,
        _ clock: StreamJoinClock
    ) -> Forward<Key, Own> {
        let (nullKey, nullValue) = (Nulls<Key>(), Nulls<Own>())
        let context = scope.context
        return { key, value, timestamp in
            let time = timestamp.rawValue
            clock.streamTime = max(clock.streamTime, time)
            guard let value = nullValue.plain(value) else { return scope.drop(.nullValue) }
            do {
                guard let plainKey = nullKey.plain(key) else {
                    guard isOuter, let result = try join(key, value, nil) else { return scope.drop(.nullKey) }
                    return try next(key, result, timestamp)
                }
                if let alone, time == clock.streamTime {
                    try emitLone(alone, clock, scope, timestamp, next)
                }
                let from = max(0, time.subtractingClamped(beforeMs))
                let to = max(0, time.addingClamped(afterMs))
                var isAlone = true
                let cursor = try other.cursor(plainKey, from: Timestamp(from), to: Timestamp(to), isReverse: false)
                defer { cursor.close() }
                while try cursor.advance() {
                    isAlone = false
                    let otherTime = Timestamp(WindowKey.int64(cursor.key, fromEnd: 12))
                    let otherValue = try other.valueSerde.deserialize(cursor.value)
                    if let alone {
                        // The other record is alone no more.
                        let otherKey = LoneKey(time: otherTime, isLeft: !isLeft, key: plainKey)
                        context.timestamp = timestamp
                        if try alone.get(otherKey) != nil { try alone.put(otherKey, nil) }
                    }
                    guard let result = try join(key, value, otherValue) else { continue }
                    try next(key, result, max(timestamp, otherTime))
                }
                guard isAlone, isOuter else { return }
                guard let alone, to >= clock.streamTime else {
                    guard let result = try join(key, value, nil) else { return }
                    return try next(key, result, timestamp)
                }
                clock.earliestLone = min(clock.earliestLone, time)
                context.timestamp = timestamp
                try alone.update(LoneKey(time: timestamp, isLeft: isLeft, key: plainKey)) { waiting in
                    (waiting ?? []) + [self.value(value)]
                }
            } catch {
                try scope.failed(error)
            }
        }
    }

    /// Emits the records of both sides that stayed alone and whose window is closed, by time, the right side's first.
    @inlinable
    func emitLone(
        _ alone: LoneRecords<Key, Left, Right>,
        _ clock: StreamJoinClock,
        _ scope: NodeScope,
        _ timestamp: Timestamp,
        _ next: Forward<Key, Result>
    ) throws {
        // With no record known to be alone the sum wraps, as it does in Kafka Streams: then it is time to look.
        guard clock.earliestLone &+ afterMs &+ windows.graceMs < clock.streamTime, clock.takeTurn() else { return }
        clock.earliestLone = .max
        let context = scope.context
        let iterator = try alone.all()
        defer { iterator.close() }
        var (isLeftOpen, isRightOpen) = (false, false)
        while let (key, values) = try iterator.next() {
            clock.earliestLone = key.time.rawValue
            if isLeftOpen, isRightOpen { break }
            let lookAhead = key.isLeft ? windows.afterMs : windows.beforeMs
            if key.time.rawValue &+ lookAhead &+ windows.graceMs >= clock.streamTime {
                if key.isLeft { isLeftOpen = true } else { isRightOpen = true }
                continue
            }
            for value in values {
                let result: Result?
                switch value {
                case .left(let left): result = try joinAlone(key.key, left, nil)
                case .right(let right): result = try joinAlone(key.key, nil, right)
                }
                if let result { try next(key.key, result, key.time) }
            }
            context.timestamp = timestamp
            try alone.put(key, nil)
        }
    }
}

/// The time that both sides of a join of streams share: one for each join and task.
@usableFromInline
final class StreamJoinClock {
    /// The highest time of either side's records.
    @exclusivity(unchecked) @usableFromInline var streamTime: Int64 = -1
    /// No record that is alone is earlier than this.
    @exclusivity(unchecked) @usableFromInline var earliestLone: Int64 = .max
    private var nextTurnMs: Int64 = 0
    private let intervalMs: Int64
    private let context: ProcessingContext

    @usableFromInline
    init(_ context: ProcessingContext) {
        self.context = context
        intervalMs = context.configuration.outerJoinEmitInterval.milliseconds
    }

    /// Whether it is time to look for lone records, by the wall clock; if so, the next turn comes after the interval.
    @usableFromInline
    func takeTurn() -> Bool {
        let now = context.wallClock.rawValue
        guard now >= nextTurnMs else { return false }
        nextTurnMs = now.addingClamped(intervalMs)
        return true
    }
}

/// The key of a record that waits alone: ordered by time, the right side first, then by key.
@usableFromInline
struct LoneKey<Key> {
    @usableFromInline let time: Timestamp
    @usableFromInline let isLeft: Bool
    @usableFromInline let key: Key

    @inlinable
    init(time: Timestamp, isLeft: Bool, key: Key) {
        self.time = time
        self.isLeft = isLeft
        self.key = key
    }
}

/// The value of a record that waits alone.
@usableFromInline
enum LoneValue<Left, Right> {
    case left(Left)
    case right(Right)
}

extension Serde {
    /// | bytes | what |
    /// |---|---|
    /// | 8 | the record's time, big endian |
    /// | 1 | 1 for the left side, 0 for the right |
    /// | rest | the key |
    @usableFromInline
    static func loneKey<Key>(_ key: Serde<Key>) -> Serde<LoneKey<Key>> where Value == LoneKey<Key> {
        Serde(
            name: "LoneKey<\(key.name)>",
            serialize: { lone, buffer in
                buffer.append(int64: lone.time.rawValue)
                buffer.append(uint8: lone.isLeft ? 1 : 0)
                return try key.serialize(lone.key, &buffer)
            },
            deserialize: { bytes in
                guard bytes.count >= 9 else {
                    throw SerializationException("a lone record's key of \(bytes.count) bytes")
                }
                return LoneKey(
                    time: Timestamp(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))),
                    isLeft: bytes[8] == 1,
                    key: try key.deserialize(UnsafeRawBufferPointer(rebasing: bytes[9...]))
                )
            }
        )
    }

    /// One byte, 1 for the left side and 0 for the right, then the value.
    @usableFromInline
    static func loneValue<Left, Right>(
        _ left: Serde<Left>,
        _ right: Serde<Right>
    ) -> Serde<LoneValue<Left, Right>> where Value == LoneValue<Left, Right> {
        Serde(
            name: "LoneValue<\(left.name), \(right.name)>",
            serialize: { value, buffer in
                switch value {
                case .left(let value):
                    buffer.append(uint8: 1)
                    return try left.serialize(value, &buffer)
                case .right(let value):
                    buffer.append(uint8: 0)
                    return try right.serialize(value, &buffer)
                }
            },
            deserialize: { bytes in
                guard let side = bytes.first else { throw SerializationException("a lone record without a side") }
                let value = UnsafeRawBufferPointer(rebasing: bytes[1...])
                return side == 1 ? .left(try left.deserialize(value)) : .right(try right.deserialize(value))
            }
        )
    }
}
