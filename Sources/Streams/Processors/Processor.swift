import Records

/// An operator of one's own: takes records, forwards any number of records of any type, at once or later.
///
/// Each task has its own processor, made by the closure that was given to `process` or `addProcessor`; one thread uses
/// it.
///
/// ```swift
/// final class Counter: Processor {
///     private var count = 0
///
///     func start(_ context: ProcessorContext<String, String>) throws {
///         try context.schedule(every: .seconds(3), .wallClockTime) { [unowned self] time in
///             try context.forward(StreamRecord(key: "lines", value: String(count), timestamp: time))
///             count = 0
///         }
///     }
///
///     func process(_ record: StreamRecord<String, String>) { count += 1 }
/// }
/// lines.process { Counter() }.to("line-counts")
/// ```
public protocol Processor<KeyIn, ValueIn, KeyOut, ValueOut>: AnyObject, SendableMetatype {
    /// The keys that it takes.
    associatedtype KeyIn: Sendable
    /// The values that it takes.
    associatedtype ValueIn: Sendable
    /// The keys that it forwards; `Never` where it forwards nothing.
    associatedtype KeyOut: Sendable
    /// The values that it forwards; `Never` where it forwards nothing.
    associatedtype ValueOut: Sendable

    /// Called once, before the first record: the place to keep the context, get stores and schedule punctuations.
    func start(_ context: ProcessorContext<KeyOut, ValueOut>) throws
    /// Called for each record, nulls included.
    func process(_ record: StreamRecord<KeyIn, ValueIn>) throws
    /// Called once, when the task ends.
    func close() throws
}

extension Processor {
    public func start(_ context: ProcessorContext<KeyOut, ValueOut>) throws {}
    public func close() throws {}
}

/// An operator of one's own that cannot change a record's key, so that no repartition is needed after it. See KIP-820.
///
/// ```swift
/// final class Stamp: FixedKeyProcessor {
///     private var context: FixedKeyProcessorContext<String, String>?
///
///     func start(_ context: FixedKeyProcessorContext<String, String>) { self.context = context }
///
///     func process(_ record: FixedKeyRecord<String, String>) throws {
///         try context?.forward(record.with(value: "\(record.value ?? "") at \(record.timestamp)"))
///     }
/// }
/// lines.processValues { Stamp() }.to("lines-stamped")
/// ```
public protocol FixedKeyProcessor<Key, ValueIn, ValueOut>: AnyObject, SendableMetatype {
    /// The keys, which stay.
    associatedtype Key: Sendable
    /// The values that it takes.
    associatedtype ValueIn: Sendable
    /// The values that it forwards.
    associatedtype ValueOut: Sendable

    /// Called once, before the first record.
    func start(_ context: FixedKeyProcessorContext<Key, ValueOut>) throws
    /// Called for each record, nulls included.
    func process(_ record: FixedKeyRecord<Key, ValueIn>) throws
    /// Called once, when the task ends.
    func close() throws
}

extension FixedKeyProcessor {
    public func start(_ context: FixedKeyProcessorContext<Key, ValueOut>) throws {}
    public func close() throws {}
}

/// A record whose key stays what it is: what a ``FixedKeyProcessor`` takes and forwards.
public struct FixedKeyRecord<Key, Value> {
    /// The key; nil where Kafka's is null.
    public let key: Key?
    /// The value; nil where Kafka's is null.
    public var value: Value?
    /// The record's time.
    public var timestamp: Timestamp
    /// Names and values beside key and value.
    public var headers: [Header]

    @usableFromInline
    package init(key: Key?, value: Value?, timestamp: Timestamp, headers: [Header]) {
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.headers = headers
    }

    /// The record with another value.
    @inlinable
    public func with<NewValue>(value: NewValue?) -> FixedKeyRecord<Key, NewValue> {
        FixedKeyRecord<Key, NewValue>(key: key, value: value, timestamp: timestamp, headers: headers)
    }

    /// The record with another time.
    @inlinable
    public func with(timestamp: Timestamp) -> FixedKeyRecord {
        FixedKeyRecord(key: key, value: value, timestamp: timestamp, headers: headers)
    }

    /// The record with other headers.
    @inlinable
    public func with(headers: [Header]) -> FixedKeyRecord {
        FixedKeyRecord(key: key, value: value, timestamp: timestamp, headers: headers)
    }
}
