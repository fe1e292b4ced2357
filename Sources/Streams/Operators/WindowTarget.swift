import Records

/// Where a windowed aggregation keeps its rows and sends its changes: what is common to all kinds of windows.
///
/// One for each node and task.
@usableFromInline
struct WindowTarget<Key, Aggregate> {
    @usableFromInline let store: TimestampedWindowStore<Key, Aggregate>
    @usableFromInline let scope: NodeScope
    @usableFromInline let context: ProcessingContext
    @usableFromInline let next: Forward<Windowed<Key>, Change<Aggregate>>
    @usableFromInline let sendsOldValues: Bool
    @usableFromInline let emitsOnClose: Bool
    /// Whether changes go on one by one: no cache holds them back, and nobody waits for a window to close.
    @usableFromInline let forwards: Bool
    @usableFromInline let emitter: WindowEmitter

    @inlinable
    init(
        _ store: TimestampedWindowStore<Key, Aggregate>,
        _ storeName: String,
        _ emission: EmitStrategy,
        sendsOldValues: Bool,
        _ context: ProcessingContext,
        _ scope: NodeScope,
        _ next: @escaping Forward<Windowed<Key>, Change<Aggregate>>
    ) {
        self.store = store
        self.scope = scope
        self.context = context
        self.next = next
        self.sendsOldValues = sendsOldValues
        emitsOnClose = emission == .onWindowClose
        var isCached = false
        if emission == .onWindowUpdate {
            isCached = store.setFlushListener(sendsOldValues: sendsOldValues) { key, new, old, timestamp in
                try next(key, Change(new: new?.value, old: old?.value), new?.timestamp ?? timestamp)
            }
        }
        forwards = !isCached && !emitsOnClose
        emitter = WindowEmitter(context, storeName)
        if emitsOnClose { store.hold(from: 0) }
    }

    /// Puts a row and hands the change on.
    @inlinable
    func put(_ key: Key, _ window: Window, _ new: Aggregate?, _ time: Timestamp, old: Aggregate?) throws {
        try store.put(key, new.map { ValueAndTimestamp($0, time) }, at: window.start)
        try forward(key, window, new, time, old: old)
    }

    @inlinable
    func forward(_ key: Key, _ window: Window, _ new: Aggregate?, _ time: Timestamp, old: Aggregate?) throws {
        guard forwards else { return }
        try next(Windowed(key, window), Change(new: new, old: sendsOldValues ? old : nil), time)
    }

    /// Emits the windows that begin from `lower` to `upper`, by start and then by key, and books all that closed before
    /// `closeTime`.
    @inlinable
    func emitClosed(from lower: Int64, to upper: Int64, closeTime: Int64) throws {
        for (key, row) in try store.closed(from: lower, to: upper) {
            try next(key, Change(new: row.value, old: nil), row.timestamp)
        }
        emitter.finish(closeTime)
    }
}

extension WindowTarget {
    /// Tumbling and hopping windows: which ones a record is in follows from its time.
    @inlinable
    func aggregation<Value>(
        _ windows: TimeWindows,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>
    ) -> Forward<Key, Value> {
        let (nullKey, nullValue, nullResult) = (Nulls<Key>(), Nulls<Value>(), Nulls<Aggregate>())
        let (takesNull, initial, combine) = (aggregator.takesNull, aggregator.initial, aggregator.combine)
        let (emitter, context, store) = (emitter, context, store)
        return { key, value, timestamp in
            guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
            let value = nullValue.shown(value)
            if value == nil, !takesNull { return scope.drop(.nullValue) }
            let time = timestamp.rawValue
            emitter.observedTime = max(emitter.observedTime, time)
            let closeTime = emitter.observedTime.subtractingClamped(windows.graceMs)
            var start = windows.firstStart(time)
            while start <= time {
                let window = Window(startMs: start, sizeMs: windows.sizeMs)
                if window.end.rawValue > closeTime {
                    context.timestamp = timestamp
                    var (old, new): (Aggregate?, Aggregate?)
                    var newTime = timestamp
                    do {
                        try store.update(key, at: window.start) { row in
                            old = row?.value ?? initial?()
                            if let row { newTime = max(timestamp, row.timestamp) }
                            new = nullResult.plain(try combine(key, value, old))
                            return new.map { ValueAndTimestamp($0, newTime) }
                        }
                    } catch {
                        return try scope.failed(error)
                    }
                    try forward(key, window, new, newTime, old: old)
                } else {
                    scope.drop(.late)
                }
                let (following, overflows) = start.addingReportingOverflow(windows.advanceMs)
                if overflows { break }
                start = following
            }
            if emitsOnClose, emitter.isDue(closeTime) { try emitClosed(windows, closeTime) }
        }
    }

    @inlinable
    func emitClosed(_ windows: TimeWindows, _ closeTime: Int64) throws {
        let upper = closeTime.subtractingClamped(windows.sizeMs)
        guard upper >= 0 else { return }
        let last = emitter.emittedUntil
        let lower = last == -1 ? 0 : max(0, last.subtractingClamped(windows.sizeMs)) + 1
        if last != -1, windows.firstStart(upper) == windows.firstStart(lower - 1),
            upper / windows.advanceMs == (lower - 1) / windows.advanceMs
        {
            // The same windows hold both bounds, so that none has closed in between.
            return
        }
        try emitClosed(from: lower, to: upper, closeTime: closeTime)
        store.hold(from: upper)
    }

    /// One window for each key, which never closes.
    @inlinable
    func aggregation<Value>(
        _ windows: UnlimitedWindows,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>
    ) -> Forward<Key, Value> {
        let (nullKey, nullValue, nullResult) = (Nulls<Key>(), Nulls<Value>(), Nulls<Aggregate>())
        let (takesNull, initial, combine) = (aggregator.takesNull, aggregator.initial, aggregator.combine)
        let (context, store) = (context, store)
        let window = Window(startMs: windows.startMs, sizeMs: .max)
        return { key, value, timestamp in
            guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
            let value = nullValue.shown(value)
            if value == nil, !takesNull { return scope.drop(.nullValue) }
            guard timestamp >= window.start else { return }
            context.timestamp = timestamp
            var (old, new): (Aggregate?, Aggregate?)
            var newTime = timestamp
            do {
                try store.update(key, at: window.start) { row in
                    old = row?.value ?? initial?()
                    if let row { newTime = max(timestamp, row.timestamp) }
                    new = nullResult.plain(try combine(key, value, old))
                    return new.map { ValueAndTimestamp($0, newTime) }
                }
            } catch {
                return try scope.failed(error)
            }
            try forward(key, window, new, newTime, old: old)
        }
    }
}
