/// Why a record went no further.
public enum DropReason: String, Hashable, Comparable, CaseIterable, Sendable, CustomStringConvertible {
    /// The key is null, and the operator needs one.
    case nullKey = "null key"
    /// The value is null, and the operator needs one.
    case nullValue = "null value"
    /// The bytes are no key or value of their serde, and the handler said to go on.
    case undecodable = "undecodable"
    /// Key or value cannot be written, or the record not be sent, and the handler said to go on.
    case unencodable = "unencodable"
    /// The timestamp is negative, and the extractor skips such records.
    case invalidTimestamp = "invalid timestamp"
    /// The window that the record belongs to is closed. Counted once for each such window.
    case late = "late"
    /// The record is older than what its store keeps.
    case expired = "expired"
    /// A change of a past version of a versioned table's row, where only the latest counts. See KIP-914.
    case outOfOrder = "out of order"
    /// An answer of a join by foreign key to a row that has changed since.
    case outdated = "outdated"
    /// A closure or processor threw, and the handler said to go on.
    case failed = "processing failed"

    public static func < (a: DropReason, b: DropReason) -> Bool { a.rawValue < b.rawValue }
    public var description: String { rawValue }
}

/// A record that went no further, as it happened: what a test driver shows.
public struct DroppedRecord: Hashable, Sendable, CustomStringConvertible {
    /// The operator's name in `describe()`, or the store's.
    public let operatorName: String
    public let reason: DropReason
    public let taskID: TaskID
    /// Where the input record came from that was being processed; nil inside a punctuation.
    public let metadata: RecordMetadata?
    /// The record's time as the operator saw it.
    public let timestamp: Timestamp

    public var description: String {
        let place = metadata.map { " from \($0.topic)-\($0.partition) at offset \($0.offset)" } ?? ""
        return "\(operatorName) dropped a record\(place): \(reason)"
    }
}

/// How many records an operator dropped, and why.
public struct DroppedRecords: Hashable, Sendable, CustomStringConvertible {
    /// The operator's name in `describe()`.
    public let operatorName: String
    /// Why.
    public let reason: DropReason
    /// How many, since the start.
    public let count: Int

    public var description: String { "\(operatorName): \(count) (\(reason))" }
}

/// Counts dropped records by operator and reason.
struct DropCounter {
    private struct Place: Hashable {
        let name: String
        let reason: DropReason
    }

    private var counts: [Place: Int] = [:]

    init() {}

    init(_ dropped: [DroppedRecords]) { add(dropped) }

    mutating func count(_ reason: DropReason, at name: String, by count: Int = 1) {
        counts[Place(name: name, reason: reason), default: 0] += count
    }

    /// Adds what other counters have counted.
    mutating func add(_ dropped: [DroppedRecords]) {
        for place in dropped {
            counts[Place(name: place.operatorName, reason: place.reason), default: 0] += place.count
        }
    }

    /// The counts, by operator and reason.
    var all: [DroppedRecords] {
        counts.map { DroppedRecords(operatorName: $0.key.name, reason: $0.key.reason, count: $0.value) }
            .sorted { ($0.operatorName, $0.reason) < ($1.operatorName, $1.reason) }
    }
}
