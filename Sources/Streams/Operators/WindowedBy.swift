import Records

/// A grouped stream cut into windows of time, ready to be aggregated for each key and window.
///
/// ```swift
/// let perMinute = views.groupByKey().windowedBy(.tumbling(.seconds(60), grace: .seconds(5))).count()
/// ```
public struct TimeWindowedKStream<Key: Sendable, Value: Sendable> {
    @usableFromInline let grouped: KGroupedStream<Key, Value>
    @usableFromInline let windows: WindowKind
    @usableFromInline let emission: EmitStrategy

    @usableFromInline
    init(grouped: KGroupedStream<Key, Value>, windows: WindowKind, emission: EmitStrategy = .onWindowUpdate) {
        self.grouped = grouped
        self.windows = windows
        self.emission = emission
    }

    /// The same windows, whose results are emitted as `strategy` says.
    ///
    /// With ``EmitStrategy/onWindowClose`` each window gives one record, when stream time has passed its end and the
    /// grace period; results then bear the window's own latest time. See KIP-825.
    ///
    /// ```swift
    /// views.groupByKey().windowedBy(.tumbling(.seconds(60))).emit(.onWindowClose).count()
    /// ```
    public func emit(_ strategy: EmitStrategy) -> TimeWindowedKStream {
        TimeWindowedKStream(grouped: grouped, windows: windows, emission: strategy)
    }
}

/// A grouped stream cut into sessions, ready to be aggregated for each key and session.
///
/// ```swift
/// let visits = clicks.groupByKey().windowedBy(.session(gap: .seconds(300))).count()
/// ```
public struct SessionWindowedKStream<Key: Sendable, Value: Sendable> {
    @usableFromInline let grouped: KGroupedStream<Key, Value>
    @usableFromInline let windows: SessionWindows
    @usableFromInline let emission: EmitStrategy

    @usableFromInline
    init(grouped: KGroupedStream<Key, Value>, windows: SessionWindows, emission: EmitStrategy = .onWindowUpdate) {
        self.grouped = grouped
        self.windows = windows
        self.emission = emission
    }

    /// The same sessions, whose results are emitted as `strategy` says. See KIP-825.
    ///
    /// ```swift
    /// clicks.groupByKey().windowedBy(.session(gap: .seconds(300))).emit(.onWindowClose).count()
    /// ```
    public func emit(_ strategy: EmitStrategy) -> SessionWindowedKStream {
        SessionWindowedKStream(grouped: grouped, windows: windows, emission: strategy)
    }
}

/// Windows that follow from time alone, or from the records too.
@usableFromInline
enum WindowKind: Sendable {
    case time(TimeWindows)
    case unlimited(UnlimitedWindows)
    case sliding(SlidingWindows)

    /// From a window's start to its end.
    @usableFromInline
    var sizeMs: Int64 {
        switch self {
        case .time(let windows): windows.sizeMs
        case .unlimited: .max
        case .sliding(let windows): windows.differenceMs
        }
    }

    @usableFromInline
    var graceMs: Int64 {
        switch self {
        case .time(let windows): windows.graceMs
        case .unlimited: 0
        case .sliding(let windows): windows.graceMs
        }
    }

    /// How long a store must keep windows at least.
    @usableFromInline
    var retentionMs: Int64 {
        switch self {
        case .time(let windows): windows.sizeMs.addingClamped(windows.graceMs)
        case .unlimited: .max
        case .sliding(let windows):
            windows.differenceMs.addingClamped(windows.differenceMs).addingClamped(windows.graceMs)
        }
    }

    @usableFromInline
    func problem(_ emission: EmitStrategy) -> String? {
        switch self {
        case .time(let windows): windows.problem
        case .sliding(let windows): windows.problem
        case .unlimited(let windows):
            if windows.startMs < 0 {
                "the unlimited window's start is negative"
            } else {
                emission == .onWindowClose ? "unlimited windows never close, so nothing would be emitted" : nil
            }
        }
    }
}

extension KGroupedStream {
    /// Cuts the records into tumbling or hopping windows.
    ///
    /// Records keep key and time; the aggregation's result has the key ``Windowed``. What comes when its window is
    /// closed is dropped and counted as ``DropReason/late``.
    ///
    /// ```swift
    /// views.groupByKey().windowedBy(.tumbling(.seconds(60), grace: .seconds(5))).count()
    /// ```
    public func windowedBy(_ windows: TimeWindows) -> TimeWindowedKStream<Key, Value> {
        TimeWindowedKStream(grouped: self, windows: .time(windows))
    }

    /// Cuts the records into windows of those at most some time apart. See ``SlidingWindows``.
    ///
    /// Records keep key and time; the aggregation's result has the key ``Windowed``. What comes when its windows are
    /// closed is dropped and counted as ``DropReason/late``.
    ///
    /// ```swift
    /// clicks.groupByKey().windowedBy(.sliding(.seconds(30), grace: .seconds(5))).count()
    /// ```
    public func windowedBy(_ windows: SlidingWindows) -> TimeWindowedKStream<Key, Value> {
        TimeWindowedKStream(grouped: self, windows: .sliding(windows))
    }

    /// Puts the records of a key into one window without an end. See ``UnlimitedWindows``.
    ///
    /// Records keep key and time. No record is late; those before the window's start are left out.
    ///
    /// ```swift
    /// orders.groupByKey().windowedBy(.unlimited(from: 1_700_000_000_000)).count()
    /// ```
    public func windowedBy(_ windows: UnlimitedWindows) -> TimeWindowedKStream<Key, Value> {
        TimeWindowedKStream(grouped: self, windows: .unlimited(windows))
    }

    /// Cuts the records into sessions. See ``SessionWindows``.
    ///
    /// Records keep key and time; the aggregation's result has the key ``Windowed``. What comes when its session is
    /// closed is dropped and counted as ``DropReason/late``.
    ///
    /// ```swift
    /// clicks.groupByKey().windowedBy(.session(gap: .seconds(300), grace: .seconds(30))).count()
    /// ```
    public func windowedBy(_ windows: SessionWindows) -> SessionWindowedKStream<Key, Value> {
        SessionWindowedKStream(grouped: self, windows: windows)
    }
}
