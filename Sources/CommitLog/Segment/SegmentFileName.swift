import Records

/// The names of a segment's files: the base offset in 20 digits, what the file is, and sometimes a state.
struct SegmentFileName: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case log = ".log"
        case offsetIndex = ".index"
        case timeIndex = ".timeindex"
        case transactionIndex = ".txnindex"
        case snapshot = ".snapshot"
    }

    /// What an unfinished operation leaves behind.
    enum State: String, Sendable, Hashable, CaseIterable {
        case current = ""
        /// Removed, only not yet from the disk.
        case deleted = ".deleted"
        /// The unfinished result of a compaction.
        case cleaned = ".cleaned"
        /// The finished result of a compaction, about to take its place.
        case swap = ".swap"
    }

    /// Offsets near the end of Int64 could not be counted on from; no log holds them.
    static let largestBaseOffset = Offset(Int64.max - (1 << 40))

    var baseOffset: Offset
    var kind: Kind
    var state: State

    init(_ baseOffset: Offset, _ kind: Kind, _ state: State = .current) {
        self.baseOffset = baseOffset
        self.kind = kind
        self.state = state
    }

    /// Reads a file's name; nil where it is none of a segment.
    init?(_ name: String) {
        let bytes = name.utf8
        guard bytes.count > 20, let digits = name.utf8.index(bytes.startIndex, offsetBy: 20, limitedBy: bytes.endIndex),
            bytes[..<digits].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let offset = Int64(name[..<digits]), offset <= Self.largestBaseOffset.rawValue
        else { return nil }
        let rest = name[digits...]
        guard let dot = rest.dropFirst().firstIndex(of: ".") else {
            guard let kind = Kind(rawValue: String(rest)) else { return nil }
            self.init(Offset(offset), kind)
            return
        }
        guard let kind = Kind(rawValue: String(rest[..<dot])), let state = State(rawValue: String(rest[dot...])) else {
            return nil
        }
        self.init(Offset(offset), kind, state)
    }

    var name: String {
        let digits = String(baseOffset.rawValue)
        return String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits + kind.rawValue + state.rawValue
    }

    func path(in directory: String) -> String { directory + "/" + name }
}
