import Records

/// Where each leader epoch of a log begins: `leader-epoch-checkpoint`, and what answers OffsetForLeaderEpoch. See KIP-101.
///
/// Invariant: epochs and start offsets both ascend.
public struct LeaderEpochs: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var epoch: LeaderEpoch
        public var startOffset: Offset

        public init(epoch: LeaderEpoch, startOffset: Offset) {
            self.epoch = epoch
            self.startOffset = startOffset
        }
    }

    public private(set) var entries: [Entry]

    init() { entries = [] }

    /// Nil where the entries do not ascend.
    init?(_ entries: [Entry]) {
        for (entry, next) in zip(entries, entries.dropFirst()) {
            guard entry.epoch < next.epoch, entry.startOffset < next.startOffset else { return nil }
        }
        self.entries = entries
    }

    public var latest: Entry? { entries.last }
    public var earliest: Entry? { entries.first }

    /// The epoch of the record at `offset`, nil where the log does not know.
    public func epoch(at offset: Offset) -> LeaderEpoch? { entries.last { $0.startOffset <= offset }?.epoch }

    /// The largest epoch up to `requested` and the offset where it ends; nil where the log knows none that large.
    /// An epoch before the first one known ends where that begins.
    public func end(of requested: LeaderEpoch, logEndOffset: Offset) -> (epoch: LeaderEpoch, endOffset: Offset)? {
        guard requested > .none, let latest else { return nil }
        if requested == latest.epoch { return (requested, logEndOffset) }
        guard let next = entries.firstIndex(where: { $0.epoch > requested }) else { return nil }
        let epoch = next > 0 ? entries[next - 1].epoch : requested
        return (epoch, entries[next].startOffset)
    }

    /// Notes that `epoch` begins at `startOffset`; entries that contradict it go. Returns whether anything changed.
    mutating func assign(_ epoch: LeaderEpoch, startOffset: Offset) -> Bool {
        guard epoch > .none else { return false }
        if let latest, latest.epoch == epoch, startOffset >= latest.startOffset { return false }
        while let last = entries.last, last.epoch >= epoch || last.startOffset >= startOffset { entries.removeLast() }
        entries.append(Entry(epoch: epoch, startOffset: startOffset))
        return true
    }

    /// Removes what begins at `endOffset` or later. Returns whether anything changed.
    mutating func truncate(fromEnd endOffset: Offset) -> Bool {
        let count = entries.count
        while let last = entries.last, last.startOffset >= endOffset { entries.removeLast() }
        return entries.count != count
    }

    /// Moves the start of what `startOffset` lies in up to it, and removes what ended before. Returns whether anything changed.
    mutating func truncate(fromStart startOffset: Offset) -> Bool {
        guard let index = entries.lastIndex(where: { $0.startOffset <= startOffset }) else { return false }
        let kept = Entry(epoch: entries[index].epoch, startOffset: startOffset)
        guard index > 0 || entries[0] != kept else { return false }
        entries.replaceSubrange(...index, with: [kept])
        return true
    }
}

/// `leader-epoch-checkpoint` in a partition's directory: a line with epoch and start offset for each.
struct LeaderEpochCheckpoint: Sendable {
    static let name = "leader-epoch-checkpoint"
    let file: CheckpointFile

    init(in directory: String, fileSystem: any FileSystem) {
        file = CheckpointFile(path: directory + "/" + Self.name, fileSystem: fileSystem)
    }

    /// Empty where there is no file. Errors: ``LogError/corruptFile(path:reason:)``.
    func read() throws(LogError) -> LeaderEpochs {
        var entries = [LeaderEpochs.Entry]()
        for fields in try file.read(fieldsPerLine: 2) {
            guard let epoch = Int32(fields[0]), let offset = Int64(fields[1]), epoch >= 0, offset >= 0 else {
                let line = fields.joined(separator: " ")
                throw .corruptFile(path: file.path, reason: "'\(line)' is not epoch and start offset")
            }
            entries.append(LeaderEpochs.Entry(epoch: LeaderEpoch(epoch), startOffset: Offset(offset)))
        }
        guard let epochs = LeaderEpochs(entries) else {
            throw .corruptFile(path: file.path, reason: "epochs and offsets do not ascend")
        }
        return epochs
    }

    func write(_ epochs: LeaderEpochs) throws(LogError) {
        try file.write(epochs.entries.map { "\($0.epoch) \($0.startOffset)" })
    }
}
