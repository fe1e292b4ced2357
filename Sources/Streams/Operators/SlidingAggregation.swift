import Records

/// A window that the store has: its start, its aggregate, and the time of its latest record.
@usableFromInline
typealias SlidingRow<Aggregate> = (start: Int64, aggregate: Aggregate?, latest: Int64)

extension WindowTarget {
    /// Sliding windows: for each record one window that ends with it (its left window) and, where records follow within the
    /// difference, one that begins right after it (its right window).
    ///
    /// A record joins the windows that are there and span it. Then the windows that it makes necessary are made: the right
    /// window of the record before it, its own left window with what records before it amounted to, and its own right
    /// window with what records after it amount to.
    @inlinable
    func aggregation<Value>(
        _ windows: SlidingWindows,
        _ aggregator: WindowAggregator<Key, Value, Aggregate>
    ) -> Forward<Key, Value> {
        let (nullKey, nullValue, nullResult) = (Nulls<Key>(), Nulls<Value>(), Nulls<Aggregate>())
        let (emitter, context) = (emitter, context)
        return { key, value, timestamp in
            guard let key = nullKey.plain(key) else { return scope.drop(.nullKey) }
            guard let plain = nullValue.plain(value) else { return scope.drop(.nullValue) }
            let time = timestamp.rawValue
            emitter.observedTime = max(emitter.observedTime, time)
            let closeTime = emitter.observedTime.subtractingClamped(windows.graceMs)
            guard time.addingClamped(windows.differenceMs) >= closeTime else { return scope.drop(.late) }

            func update(_ row: SlidingRow<Aggregate>) throws {
                let window = Window(startMs: row.start, sizeMs: windows.differenceMs)
                guard window.end.rawValue >= closeTime else { return scope.drop(.late) }
                context.timestamp = timestamp
                let newTime = row.aggregate == nil ? time : max(time, row.latest)
                let new = nullResult.plain(try aggregator.combine(key, plain, row.aggregate))
                try put(key, window, new, Timestamp(newTime), old: row.aggregate)
            }
            func begin(_ start: Int64) throws { try update((start, aggregator.initial?(), time)) }
            func copyRight(_ row: SlidingRow<Aggregate>) throws {
                context.timestamp = timestamp
                let window = Window(startMs: time + 1, sizeMs: windows.differenceMs)
                try put(key, window, row.aggregate, Timestamp(row.latest), old: nil)
            }

            do {
                guard time >= windows.differenceMs else {
                    return try addEarly(key, time, update: update, begin: begin, copyRight: copyRight)
                }
                try add(key, time, windows.differenceMs, update: update, begin: begin, copyRight: copyRight)
            } catch {
                return try scope.failed(error)
            }
            if emitsOnClose, emitter.isDue(closeTime) { try emitClosed(windows, closeTime) }
        }
    }

    /// The windows of a key that begin from `from` to `to`, latest first.
    @inlinable
    func rows(_ key: Key, from: Int64, to: Int64) throws -> [SlidingRow<Aggregate>] {
        var rows: [SlidingRow<Aggregate>] = []
        try store.backwardFetch(key, from: Timestamp(from), to: Timestamp(to)).forEach { start, row in
            rows.append((start.rawValue, row.value, row.timestamp.rawValue))
        }
        return rows
    }

    @inlinable
    func add(
        _ key: Key,
        _ time: Int64,
        _ difference: Int64,
        update: (SlidingRow<Aggregate>) throws -> Void,
        begin: (Int64) throws -> Void,
        copyRight: (SlidingRow<Aggregate>) throws -> Void
    ) throws {
        let from = max(0, time.subtractingClamped(difference).subtractingClamped(difference))
        var starts: [Int64] = []
        var (after, before): (SlidingRow<Aggregate>?, SlidingRow<Aggregate>?)
        var previous: Int64?
        var (hasLeft, hasRight) = (false, false)
        for row in try rows(key, from: from, to: time + 1) {
            starts.append(row.start)
            let end = row.start.addingClamped(difference)
            if row.start == time + 1 {
                hasRight = true
            } else if end > time {
                if after == nil { after = row }
                try update(row)
            } else if end == time {
                hasLeft = true
                try update(row)
                // A record of the same time came before: it has made all that this one needs.
                if row.latest >= time { return }
                previous = row.latest
            } else {
                before = row
                previous = row.latest
                break
            }
        }
        if let previous, !starts.contains(previous + 1), (previous + 1).addingClamped(difference) >= time {
            try begin(previous + 1)
        }
        if !hasLeft {
            if let previous, let before, previous >= time - difference {
                try update((time - difference, before.aggregate, time))
            } else {
                try begin(time - difference)
            }
        }
        if !hasRight, let after, after.latest > time { try copyRight(after) }
    }

    /// Records whose left window would begin before time 0: all of them are in the one that begins at 0.
    @inlinable
    func addEarly(
        _ key: Key,
        _ time: Int64,
        update: (SlidingRow<Aggregate>) throws -> Void,
        begin: (Int64) throws -> Void,
        copyRight: (SlidingRow<Aggregate>) throws -> Void
    ) throws {
        var starts: [Int64] = []
        var (first, after): (SlidingRow<Aggregate>?, SlidingRow<Aggregate>?)
        for row in try rows(key, from: 0, to: time + 1).reversed() {
            starts.append(row.start)
            if row.start == 0 {
                first = row
            } else if row.start <= time {
                after = row
                try update(row)
            }
        }
        if after == nil, let first, first.latest > time { after = first }
        if !starts.contains(time + 1), let after, after.latest > time { try copyRight(after) }
        if let first, first.latest < time, !starts.contains(first.latest + 1) { try begin(first.latest + 1) }
        if let first { try update(first) } else { try begin(0) }
    }

    @inlinable
    func emitClosed(_ windows: SlidingWindows, _ closeTime: Int64) throws {
        let upper = closeTime.subtractingClamped(windows.differenceMs).subtractingClamped(1)
        guard upper >= 0 else { return }
        let last = emitter.emittedUntil
        let lower = last == -1 ? 0 : max(0, last.subtractingClamped(windows.differenceMs))
        try emitClosed(from: lower, to: upper, closeTime: closeTime)
    }
}
