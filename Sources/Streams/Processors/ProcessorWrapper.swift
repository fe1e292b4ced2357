import Records

/// Stands around the operators of every task, those of the DSL and processors of one's own: to trace, to measure, to guard.
/// See KIP-1112.
///
/// Sources and sinks, and what punctuations do, are not wrapped. Names are those of `describe()`.
///
/// ```swift
/// struct Tracing: ProcessorWrapper {
///     func wrap<Key, Value>(_ step: WrappedProcessor<Key, Value>) -> WrappedProcessor<Key, Value>.Process {
///         { key, value, timestamp in
///             print("\(step.name) in \(step.taskID): \(timestamp)")
///             try step.process(key, value, timestamp)
///         }
///     }
/// }
/// var configuration = StreamsConfiguration(applicationID: "orders")
/// configuration.processorWrapper = Tracing()
/// ```
public protocol ProcessorWrapper: Sendable {
    /// Called once for each operator of each task; what it returns takes the operator's records, on the task's thread. What
    /// that throws ends the task: errors of the operator itself have been through the `processing.exception.handler`.
    func wrap<Key, Value>(_ step: WrappedProcessor<Key, Value>) -> WrappedProcessor<Key, Value>.Process
}

/// An operator of one task, for a ``ProcessorWrapper``.
public struct WrappedProcessor<Key, Value> {
    /// Takes a record: key and value are nil where Kafka's are null. When it returns, all that follows has been done.
    public typealias Process = (_ key: Key?, _ value: Value?, _ timestamp: Timestamp) throws -> Void

    /// The operator's name in `describe()`.
    public let name: String
    /// What the operator does with a record.
    public let process: Process
    let context: ProcessingContext

    /// The task that the operator belongs to.
    public var taskID: TaskID { context.taskID }
    /// Where the record in process came from; nil inside a punctuation.
    public var recordMetadata: RecordMetadata? { context.metadata }
    /// The headers of the record in process.
    public var headers: [Header] { context.headers }
}

extension TaskAssembly {
    /// Whether anybody stands around the operators.
    @usableFromInline var isWrapping: Bool { context.configuration.processorWrapper != nil }

    /// A node's closure with the configured wrapper around it.
    @usableFromInline
    func wrapped<Key, Value>(_ id: NodeID, _ forward: @escaping Forward<Key, Value>) -> Forward<Key, Value> {
        guard let wrapper = context.configuration.processorWrapper, case .processor = graph[id].kind else {
            return forward
        }
        return wrapper.wrap(WrappedProcessor(name: graph[id].name, process: forward, context: context))
    }
}
