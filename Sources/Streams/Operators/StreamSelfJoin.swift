import Records

// `single.store.self.join`: a stream that is joined with itself keeps its records once. See KIP-862.

/// A join of two streams in the form that it takes where both are one.
@usableFromInline
struct SelfJoinForm: Sendable {
    let thisWindow: NodeID
    let otherWindow: NodeID
    let this: NodeID
    let other: NodeID
    let merge: NodeID
    let thisStore: String
    let otherStores: [String]
    /// A `NodeInput` that takes the stream's records in place of the joined ones.
    let input: any AnyObject & Sendable
    let inputTypes: RecordTypes

    @usableFromInline
    init(
        thisWindow: NodeID,
        otherWindow: NodeID,
        this: NodeID,
        other: NodeID,
        merge: NodeID,
        thisStore: String,
        otherStores: [String],
        input: any AnyObject & Sendable,
        inputTypes: RecordTypes
    ) {
        self.thisWindow = thisWindow
        self.otherWindow = otherWindow
        self.this = this
        self.other = other
        self.merge = merge
        self.thisStore = thisStore
        self.otherStores = otherStores
        self.input = input
        self.inputTypes = inputTypes
    }
}

extension TopologyGraph {
    @usableFromInline
    mutating func addSelfJoinForm(_ form: SelfJoinForm) { selfJoinForms.append(form) }

    /// Gives each join of a stream with itself the form with one store.
    mutating func simplifySelfJoins() {
        for form in selfJoinForms where self[form.thisWindow].parents == self[form.otherWindow].parents {
            let parents = self[form.otherWindow].parents
            for parent in parents { self[parent].children.removeAll { $0 == form.otherWindow } }
            drop(form.otherWindow)
            drop(form.this)
            drop(form.other)
            for store in form.otherStores { removeStore(store) }
            self[form.merge].input = form.input
            self[form.merge].inputTypes = form.inputTypes
            self[form.merge].parents = [form.thisWindow]
            self[form.merge].stores = [form.thisStore]
            self[form.thisWindow].children = [form.merge]
        }
    }
}

/// The closure of a stream's join with itself: each record with the earlier ones on either side, and with itself, in the
/// order in which the join with two stores emits them.
@inlinable
func selfJoin<Key, Value, Result>(
    _ next: @escaping Forward<Key, Result>,
    _ scope: NodeScope,
    _ store: WindowStore<Key, Value>,
    _ windows: JoinWindows,
    _ joiner: @escaping @Sendable (Key?, Value?, Value?) throws -> Result?
) -> Forward<Key, Value> {
    let (nullKey, nullValue) = (Nulls<Key>(), Nulls<Value>())
    var streamTime: Int64 = -1
    return { key, value, timestamp in
        guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
        guard let value = nullValue.plain(value) else { return scope.drop(.nullValue) }
        let time = timestamp.rawValue
        streamTime = max(streamTime, time)
        func emit(_ left: Value, _ right: Value, _ time: Timestamp) throws {
            if let result = try joiner(key, left, right) { try next(key, result, time) }
        }
        func earlier(_ before: Int64, _ after: Int64) throws -> KeyValueIterator<Timestamp, Value> {
            let from = max(0, time.subtractingClamped(before))
            let to = max(0, time.addingClamped(after))
            return try store.fetch(key, from: Timestamp(from), to: Timestamp(to))
        }
        do {
            try earlier(windows.beforeMs, windows.afterMs).forEach { otherTime, other in
                try emit(value, other, max(timestamp, otherTime))
            }
            // A record that is too late to be kept does not meet itself.
            var meetsItself = time > streamTime.subtractingClamped(windows.retentionMs).addingClamped(1)
            try earlier(windows.afterMs, windows.beforeMs).forEach { otherTime, other in
                if otherTime > timestamp, meetsItself {
                    meetsItself = false
                    try emit(value, value, timestamp)
                }
                try emit(other, value, max(timestamp, otherTime))
            }
            if meetsItself { try emit(value, value, timestamp) }
        } catch {
            try scope.failed(error)
        }
    }
}
