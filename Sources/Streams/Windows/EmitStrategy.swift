import Records

/// When a windowed aggregation emits its results. See KIP-825.
///
/// ```swift
/// views.groupByKey().windowedBy(.tumbling(.seconds(60))).emit(.onWindowClose).count()
/// ```
public enum EmitStrategy: Hashable, Sendable {
    /// With each record: a window's result changes until it is closed.
    case onWindowUpdate
    /// Once for each window, when stream time closes it.
    case onWindowClose
}

/// Keeps account of which windows were emitted, and how often that is looked into.
///
/// One for each emitting operator of a task.
@usableFromInline
final class WindowEmitter {
    private let context: ProcessingContext
    private let storeName: String
    private let intervalMs: Int64
    private var nextTimeMs: Int64 = 0
    private var isResumed = false

    /// The highest record time that the operator has seen.
    @exclusivity(unchecked) @usableFromInline var observedTime: Int64 = -1
    /// All windows that close before this were emitted; -1 when there were none.
    @exclusivity(unchecked) @usableFromInline private(set) var emittedUntil: Int64 = -1

    @usableFromInline
    init(_ context: ProcessingContext, _ storeName: String) {
        self.context = context
        self.storeName = storeName
        intervalMs = context.configuration.windowEmitInterval.milliseconds
    }

    /// Whether it is time to look for windows that closed before `closeTime`.
    @usableFromInline
    func isDue(_ closeTime: Int64) -> Bool {
        if !isResumed {
            isResumed = true
            emittedUntil = max(emittedUntil, context.processorMetadata[storeName] ?? -1)
        }
        let now = context.wallClock.rawValue
        guard now >= nextTimeMs else { return false }
        nextTimeMs = now.addingClamped(intervalMs)
        return emittedUntil == -1 || emittedUntil < closeTime
    }

    /// Books the windows that close before `closeTime` as emitted; this goes along with the next commit.
    @usableFromInline
    func finish(_ closeTime: Int64) {
        emittedUntil = closeTime
        context.processorMetadata[storeName] = closeTime
    }
}
