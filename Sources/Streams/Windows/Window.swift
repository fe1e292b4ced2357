import Records

/// A span of time.
///
/// Whether ``end`` itself belongs to it depends on the kind of window: it does not for tumbling, hopping and unlimited
/// windows, and it does for sliding windows and sessions.
public struct Window: Hashable, Sendable, CustomStringConvertible {
    /// When it begins; this moment belongs to it.
    public let start: Timestamp
    /// When it ends.
    public let end: Timestamp

    /// The span from `start` to `end`.
    @inlinable
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// A window of that size; its end is cut off at the end of time.
    @inlinable
    init(startMs: Int64, sizeMs: Int64) {
        let (end, overflows) = startMs.addingReportingOverflow(sizeMs)
        self.init(start: Timestamp(startMs), end: Timestamp(overflows ? .max : end))
    }

    public var description: String { "\(start.rawValue)-\(end.rawValue)" }
}

/// A key, and a window in which its records were taken together: the key of a windowed table.
///
/// ```swift
/// viewsPerMinute.toStream { page, count in "\(page.key)@\(page.window.start)" }
/// ```
public struct Windowed<Key> {
    /// The plain key.
    public let key: Key
    /// The window.
    public let window: Window

    /// A key in a window.
    @inlinable
    public init(_ key: Key, _ window: Window) {
        self.key = key
        self.window = window
    }
}

extension Windowed: Equatable where Key: Equatable {}
extension Windowed: Hashable where Key: Hashable {}
extension Windowed: Sendable where Key: Sendable {}

extension Windowed: CustomStringConvertible {
    public var description: String { "[\(key)@\(window.start)/\(window.end)]" }
}
