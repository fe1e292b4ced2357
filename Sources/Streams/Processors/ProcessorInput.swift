import Records

extension NodeInput {
    /// The input of a user's processor: made, started and closed with the task.
    @inlinable
    static func processor<P: Processor>(
        _ id: NodeID,
        _ make: @escaping @Sendable () throws -> P
    ) -> NodeInput<Key, Value> where P.KeyIn == Key, P.ValueIn == Value {
        NodeInput<Key, Value> { assembly in
            let processor = try make()
            let context: ProcessorContext<P.KeyOut, P.ValueOut> = try assembly.processorContext(of: id)
            try processor.start(context)
            context.whenClosing { try processor.close() }
            let scope = context.scope
            let task = scope.context
            return { key, value, timestamp in
                task.timestamp = timestamp
                do {
                    try processor.process(
                        StreamRecord(key: key, value: value, timestamp: timestamp, headers: task.headers)
                    )
                } catch {
                    try scope.failed(error)
                }
            }
        }
    }

    /// The input of a user's fixed-key processor.
    @inlinable
    static func fixedKeyProcessor<P: FixedKeyProcessor>(
        _ id: NodeID,
        _ make: @escaping @Sendable () throws -> P
    ) -> NodeInput<Key, Value> where P.Key == Key, P.ValueIn == Value {
        NodeInput<Key, Value> { assembly in
            let processor = try make()
            let context: ProcessorContext<P.Key, P.ValueOut> = try assembly.processorContext(of: id)
            try processor.start(FixedKeyProcessorContext(context))
            context.whenClosing { try processor.close() }
            let scope = context.scope
            let task = scope.context
            return { key, value, timestamp in
                task.timestamp = timestamp
                do {
                    try processor.process(
                        FixedKeyRecord(key: key, value: value, timestamp: timestamp, headers: task.headers)
                    )
                } catch {
                    try scope.failed(error)
                }
            }
        }
    }
}

extension TaskAssembly {
    /// The context of a user's processor, with its children by name.
    @inlinable
    func processorContext<Key, Value>(of id: NodeID) throws -> ProcessorContext<Key, Value> {
        var children: [String: Made<Key, Value>] = [:]
        for child in graph[id].children { children[name(of: child)] = try box(of: child) }
        return ProcessorContext(scope: scope(of: id), target: try output(of: id), children: children, assembly: self)
    }

    @usableFromInline
    func name(of id: NodeID) -> String { graph[id].name }
}
