import Records

/// What a processor may do beside looking at its record: forward, use its stores, schedule, ask where it is.
///
/// It belongs to one processor of one task, and to the thread that runs the task. A processor gets it in `start` and
/// keeps it.
///
/// ```swift
/// final class Large: Processor {
///     private var context: ProcessorContext<String, Order>?
///
///     func start(_ context: ProcessorContext<String, Order>) { self.context = context }
///
///     func process(_ record: StreamRecord<String, Order>) throws {
///         if let order = record.value, order.amount > 100 { try context?.forward(record) }
///     }
/// }
/// ```
public final class ProcessorContext<Key, Value> {
    @usableFromInline let scope: NodeScope
    @usableFromInline let target: Forward<Key, Value>
    private let children: [String: TaskAssembly.Made<Key, Value>]
    private let assembly: TaskAssembly

    @usableFromInline
    init(
        scope: NodeScope,
        target: @escaping Forward<Key, Value>,
        children: [String: TaskAssembly.Made<Key, Value>],
        assembly: TaskAssembly
    ) {
        self.scope = scope
        self.target = target
        self.children = children
        self.assembly = assembly
    }

    // MARK: Forwarding

    /// Sends a record to all children, in the order in which they were added. When the call returns, they have
    /// processed it.
    ///
    /// The record's key, value, time and headers go on as they are.
    ///
    /// ```swift
    /// final class Twice: Processor {
    ///     private var context: ProcessorContext<String, String>?
    ///
    ///     func start(_ context: ProcessorContext<String, String>) { self.context = context }
    ///
    ///     func process(_ record: StreamRecord<String, String>) throws {
    ///         try context?.forward(record)
    ///         try context?.forward(record.with(value: record.value?.uppercased()))
    ///     }
    /// }
    /// ```
    @inlinable
    public func forward(_ record: StreamRecord<Key, Value>) throws {
        try forward(record, target)
    }

    /// Sends a record to the child of that name.
    ///
    /// Errors: ``StreamsException`` when there is none.
    ///
    /// ```swift
    /// final class Router: Processor {
    ///     private var context: ProcessorContext<String, Order>?
    ///
    ///     func start(_ context: ProcessorContext<String, Order>) { self.context = context }
    ///
    ///     func process(_ record: StreamRecord<String, Order>) throws {
    ///         try context?.forward(record, to: record.value?.isTest == true ? "tests" : "orders")
    ///     }
    /// }
    /// ```
    public func forward(_ record: StreamRecord<Key, Value>, to child: String) throws {
        guard let target = children[child] else {
            throw StreamsException("There is no child named \(child)", operatorName: scope.name)
        }
        try forward(record, target.forward)
    }

    @inlinable
    func forward(_ record: StreamRecord<Key, Value>, _ target: Forward<Key, Value>) throws {
        let context = scope.context
        let (headers, timestamp) = (context.headers, context.timestamp)
        context.headers = record.headers
        context.timestamp = record.timestamp
        defer {
            context.headers = headers
            context.timestamp = timestamp
        }
        try target(record.key, record.value, record.timestamp)
    }

    // MARK: Stores

    /// The store of that name, which the processor must be connected to, or a global store.
    ///
    /// Errors: ``StreamsException`` when it is not connected, or when the store is of another type.
    ///
    /// ```swift
    /// final class Visits: Processor {
    ///     private var visits: KeyValueStore<String, Int64>?
    ///
    ///     func start(_ context: ProcessorContext<String, Int64>) throws { visits = try context.store("visits") }
    ///
    ///     func process(_ record: StreamRecord<String, String>) throws {
    ///         if let user = record.key { try visits?.update(user) { ($0 ?? 0) + 1 } }
    ///     }
    /// }
    /// ```
    public func store<Store: AnyObject>(_ name: String, as type: Store.Type = Store.self) throws -> Store {
        let graph = assembly.graph
        guard graph[scope.id].stores.contains(name) || graph.stores[name]?.isGlobal == true else {
            throw StreamsException("The processor is not connected to state store \(name)", operatorName: scope.name)
        }
        return try assembly.store(named: name, for: scope.id, as: type)
    }

    // MARK: Time

    /// Calls `action` again and again, with the time at which it is due or later.
    ///
    /// By stream time, for the first time with the first record, at whole multiples of `interval`; by the wall clock,
    /// for the first time after `interval`. Times that were missed are skipped. `start` is where the multiples begin,
    /// and before which nothing is due (KIP-1146). Records forwarded from `action` have no headers and no place in a
    /// topic unless it gives them some.
    ///
    /// ```swift
    /// final class Heartbeat: Processor {
    ///     private var ticks: Punctuation?
    ///
    ///     func start(_ context: ProcessorContext<String, Int64>) throws {
    ///         ticks = try context.schedule(every: .seconds(60), .streamTime) { time in
    ///             try context.forward(StreamRecord(key: "alive", value: time.rawValue, timestamp: time))
    ///         }
    ///     }
    ///
    ///     func process(_ record: StreamRecord<String, String>) {
    ///         if record.value == "stop" { ticks?.cancel() }
    ///     }
    /// }
    /// ```
    @discardableResult
    public func schedule(
        every interval: Duration,
        _ type: PunctuationType,
        startingAt start: Timestamp? = nil,
        _ action: @escaping (Timestamp) throws -> Void
    ) throws -> Punctuation {
        let (seconds, attoseconds) = interval.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds >= 1 else {
            throw StreamsException("A punctuation's interval must be at least a millisecond", operatorName: scope.name)
        }
        let context = scope.context
        let punctuation = Punctuation(intervalMs: milliseconds, scope: scope, action: action)
        let due: Int64
        switch (type, start?.rawValue) {
        case (.streamTime, let start): due = start ?? 0
        case (.wallClockTime, nil): due = context.wallClock.rawValue.addingClamped(milliseconds)
        case (.wallClockTime, let start?):
            // An anchor in the past: the first of its multiples that is not.
            let missed = max(0, context.wallClock.rawValue.subtractingClamped(start) + milliseconds - 1) / milliseconds
            due = start.addingClamped(missed * milliseconds)
        }
        context.punctuations.schedule(punctuation, at: due, type)
        return punctuation
    }

    /// The highest timestamp that the task has processed; -1 before the first record.
    public var currentStreamTime: Timestamp { scope.context.streamTime }
    /// The wall clock, as the task was last told.
    public var currentWallClockTime: Timestamp { scope.context.wallClock }

    // MARK: Where it is

    /// Where the record in process came from; nil inside a punctuation.
    public var recordMetadata: RecordMetadata? { scope.context.metadata }
    /// The task that the processor belongs to.
    public var taskID: TaskID { scope.context.taskID }
    /// `application.id`.
    public var applicationID: String { scope.context.configuration.applicationID }
    /// The processor's name in `describe()`.
    public var processorName: String { scope.name }

    /// Asks for a commit soon.
    public func requestCommit() { scope.context.isCommitRequested = true }

    /// Counts a record that the processor does not process, by operator and reason.
    ///
    /// ```swift
    /// final class Careful: Processor {
    ///     private var context: ProcessorContext<String, String>?
    ///
    ///     func start(_ context: ProcessorContext<String, String>) { self.context = context }
    ///
    ///     func process(_ record: StreamRecord<String, String>) throws {
    ///         guard record.key != nil else { context?.recordDropped(.nullKey); return }
    ///         try context?.forward(record)
    ///     }
    /// }
    /// ```
    public func recordDropped(_ reason: DropReason) { scope.drop(reason) }

    /// Has the task call `close` when it ends.
    @usableFromInline
    func whenClosing(_ close: @escaping () throws -> Void) { scope.context.closers.append(close) }
}

/// What a fixed-key processor may do beside looking at its record. See ``FixedKeyProcessor``.
public final class FixedKeyProcessorContext<Key, Value> {
    /// Stores, time and place, as for any processor.
    public let context: ProcessorContext<Key, Value>

    @usableFromInline
    package init(_ context: ProcessorContext<Key, Value>) { self.context = context }

    /// Sends a record to all children.
    @inlinable
    public func forward(_ record: FixedKeyRecord<Key, Value>) throws {
        try context.forward(
            StreamRecord(key: record.key, value: record.value, timestamp: record.timestamp, headers: record.headers)
        )
    }

    /// The store of that name. See ``ProcessorContext/store(_:as:)``.
    public func store<Store: AnyObject>(_ name: String, as type: Store.Type = Store.self) throws -> Store {
        try context.store(name, as: type)
    }

    /// Calls `action` again and again. See ``ProcessorContext/schedule(every:_:startingAt:_:)``.
    @discardableResult
    public func schedule(
        every interval: Duration,
        _ type: PunctuationType,
        startingAt start: Timestamp? = nil,
        _ action: @escaping (Timestamp) throws -> Void
    ) throws -> Punctuation {
        try context.schedule(every: interval, type, startingAt: start, action)
    }
}
