import Records

/// What drives a punctuation: the records' time, or the clock.
public enum PunctuationType: Hashable, Sendable {
    /// The highest timestamp that the task has processed.
    case streamTime
    /// The time of the machine, or of the test driver.
    case wallClockTime
}

/// A scheduled punctuation, as its processor holds it.
public final class Punctuation {
    let interval: Int64
    let scope: NodeScope
    let action: (Timestamp) throws -> Void
    private(set) var isCancelled = false

    init(interval: Int64, scope: NodeScope, action: @escaping (Timestamp) throws -> Void) {
        self.interval = interval
        self.scope = scope
        self.action = action
    }

    /// Ends the punctuation; it may be called from within it.
    public func cancel() { isCancelled = true }
}

/// The punctuations of a task, by what drives them.
struct PunctuationQueues {
    private struct Entry {
        let due: Int64
        let number: Int
        let punctuation: Punctuation
    }

    private var queues: [PunctuationType: [Entry]] = [:]
    private var added = 0

    mutating func schedule(_ punctuation: Punctuation, at due: Int64, _ type: PunctuationType) {
        queues[type, default: []].append(Entry(due: due, number: added, punctuation: punctuation))
        added += 1
    }

    /// Takes the punctuation that is due first, at or before `time`; cancelled ones go away.
    mutating func removeDue(_ type: PunctuationType, at time: Int64) -> (Punctuation, due: Int64)? {
        guard var entries = queues[type] else { return nil }
        entries.removeAll { $0.punctuation.isCancelled }
        defer { queues[type] = entries }
        guard
            let index = entries.indices.min(by: {
                (entries[$0].due, entries[$0].number) < (entries[$1].due, entries[$1].number)
            }),
            entries[index].due <= time
        else { return nil }
        let entry = entries.remove(at: index)
        return (entry.punctuation, entry.due)
    }

    /// When a punctuation is due again that was due at `due` and ran at `time`: missed times are skipped.
    static func next(after due: Int64, interval: Int64, at time: Int64) -> Int64 {
        let next = due + interval
        guard time >= next else { return next }
        return due + ((time - due) / interval + 1) * interval
    }

    /// The next time of the wall clock at which something is due.
    var nextWallClock: Int64? {
        queues[.wallClockTime]?.filter { !$0.punctuation.isCancelled }.map(\.due).min()
    }

    func hasDue(_ type: PunctuationType, at time: Int64) -> Bool {
        queues[type]?.contains { $0.due <= time && !$0.punctuation.isCancelled } ?? false
    }
}
