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
    package let intervalMs: Int64
    package let action: (Timestamp) throws -> Void
    let scope: NodeScope
    package private(set) var isCancelled = false

    init(intervalMs: Int64, scope: NodeScope, action: @escaping (Timestamp) throws -> Void) {
        self.intervalMs = intervalMs
        self.scope = scope
        self.action = action
    }

    /// Ends the punctuation; it may be called from within it.
    public func cancel() { isCancelled = true }
}

/// The punctuations of a task, by what drives them.
struct PunctuationQueues {
    struct Entry {
        let due: Int64
        let punctuation: Punctuation
    }

    private var byStreamTime = JavaPriorityQueue<Entry> { $0.due < $1.due }
    private var byWallClock = JavaPriorityQueue<Entry> { $0.due < $1.due }

    mutating func schedule(_ punctuation: Punctuation, at due: Int64, _ type: PunctuationType) {
        let entry = Entry(due: due, punctuation: punctuation)
        switch type {
        case .streamTime: byStreamTime.insert(entry)
        case .wallClockTime: byWallClock.insert(entry)
        }
    }

    /// Takes the punctuation that is due first, at or before `time`; cancelled ones go away.
    mutating func removeDue(_ type: PunctuationType, at time: Int64) -> (Punctuation, due: Int64)? {
        switch type {
        case .streamTime: PunctuationQueues.removeDue(&byStreamTime, at: time)
        case .wallClockTime: PunctuationQueues.removeDue(&byWallClock, at: time)
        }
    }

    private static func removeDue(
        _ queue: inout JavaPriorityQueue<Entry>,
        at time: Int64
    ) -> (Punctuation, due: Int64)? {
        while let first = queue.first, first.due <= time {
            guard let entry = queue.removeFirst() else { return nil }
            if !entry.punctuation.isCancelled { return (entry.punctuation, entry.due) }
        }
        return nil
    }

    /// When a punctuation is due again that was due at `due` and ran at `time`: missed times are skipped.
    static func next(after due: Int64, interval: Int64, at time: Int64) -> Int64 {
        let next = due.addingClamped(interval)
        guard time >= next else { return next }
        return due + ((time - due) / interval + 1) * interval
    }

    /// The next time of the wall clock at which something is due.
    var nextWallClock: Int64? { byWallClock.elements.filter { !$0.punctuation.isCancelled }.map(\.due).min() }

    func hasDue(_ type: PunctuationType, at time: Int64) -> Bool {
        all(type).contains { $0.due <= time && !$0.punctuation.isCancelled }
    }

    /// What is scheduled, in no order.
    func all(_ type: PunctuationType) -> [Entry] {
        switch type {
        case .streamTime: byStreamTime.elements
        case .wallClockTime: byWallClock.elements
        }
    }
}
