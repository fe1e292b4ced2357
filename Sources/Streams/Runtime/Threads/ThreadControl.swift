import Records
import Synchronization

/// What others may ask of a stream thread, and what it tells them. Any thread may use it.
final class ThreadControl: Sendable {
    enum State: Hashable, Sendable {
        case created
        /// It has tasks to take over or to restore, or none yet.
        case rebalancing
        case running
        case dead
    }

    /// Counts since the thread's start.
    struct Counts: Hashable, Sendable {
        var processedRecords: Int64 = 0
        var commits: Int64 = 0
        var restoredRecords: Int64 = 0
        var tasks: [TaskID] = []
        var droppedRecords: [DroppedRecords] = []
    }

    /// `<application>-<process id>-StreamThread-<number>`
    let name: String
    let number: Int
    private let stopping = Atomic(false)
    private let abandoning = Atomic(false)
    private let shared = Mutex(Shared())

    private struct Shared {
        var state = State.created
        var counts = Counts()
        var wakeup: (@Sendable () -> Void)?
    }

    init(name: String, number: Int) {
        self.name = name
        self.number = number
    }

    // MARK: For others

    var state: State { shared.withLock { $0.state } }
    var counts: Counts { shared.withLock { $0.counts } }

    /// Has the thread commit, close its tasks, leave the group and end.
    func stop() {
        stopping.store(true, ordering: .releasing)
        shared.withLock { $0.wakeup }?()
    }

    /// Has the thread end without a commit, as in a crash.
    func abandon() {
        abandoning.store(true, ordering: .releasing)
        stop()
    }

    // MARK: For the thread

    var isStopping: Bool { stopping.load(ordering: .acquiring) }
    var isAbandoned: Bool { abandoning.load(ordering: .acquiring) }

    func setWakeup(_ wakeup: (@Sendable () -> Void)?) { shared.withLock { $0.wakeup = wakeup } }

    /// False where nothing changed.
    func set(_ state: State) -> Bool {
        shared.withLock { shared in
            defer { shared.state = state }
            return shared.state != state
        }
    }

    func publish(_ counts: Counts) { shared.withLock { $0.counts = counts } }
}
