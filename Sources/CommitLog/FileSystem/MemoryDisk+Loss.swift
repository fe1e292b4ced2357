/// What is lost when the power goes.
extension MemoryDisk.FileNode {
    mutating func apply(_ change: MemoryDisk.FileChange) {
        bytes.apply(change)
        pending.append(change)
    }

    mutating func makeDurable() {
        for change in pending { durable.apply(change) }
        pending = []
    }

    mutating func lose(_ loss: MemoryFileSystem.Loss, _ random: inout SplitMix) {
        switch loss {
        case .nothing:
            break
        case .everything:
            pending = []
        case .tail:
            let kept = Int(random.next(below: UInt64(pending.count + 1)))
            let torn = kept < pending.count ? pending[kept].torn(&random) : nil
            pending = Array(pending[..<kept]) + (torn.map { [$0] } ?? [])
        case .scattered:
            pending = pending.compactMap { change in
                switch random.next(below: 3) {
                case 0: nil
                case 1: change.torn(&random)
                default: change
                }
            }
        }
        makeDurable()
        bytes = durable
    }
}

extension MemoryDisk.DirectoryNode {
    mutating func apply(_ change: [MemoryDisk.EntryChange]) {
        for edit in change { entries[edit.name] = edit.node }
        pending.append(change)
    }

    mutating func makeDurable() {
        for change in pending {
            for edit in change { durable[edit.name] = edit.node }
        }
        pending = []
    }

    mutating func lose(_ loss: MemoryFileSystem.Loss, _ random: inout SplitMix) {
        switch loss {
        case .nothing: break
        case .everything: pending = []
        // A journal keeps the order of names.
        case .tail, .scattered: pending = Array(pending.prefix(Int(random.next(below: UInt64(pending.count + 1)))))
        }
        makeDurable()
        entries = durable
    }
}

extension MemoryDisk.FileChange {
    /// A write cut at any byte; a truncation happens or not.
    fileprivate func torn(_ random: inout SplitMix) -> MemoryDisk.FileChange? {
        switch self {
        case .write(let position, let bytes):
            .write(position: position, bytes: Array(bytes.prefix(Int(random.next(below: UInt64(bytes.count + 1))))))
        case .truncate:
            random.next(below: 2) == 0 ? self : nil
        }
    }
}

extension [UInt8] {
    fileprivate mutating func apply(_ change: MemoryDisk.FileChange) {
        switch change {
        case .write(let position, let bytes):
            guard !bytes.isEmpty else { return }
            if position > count { append(contentsOf: repeatElement(0, count: position - count)) }
            let overlap = Swift.min(bytes.count, count - position)
            replaceSubrange(position..<position + overlap, with: bytes[..<overlap])
            append(contentsOf: bytes[overlap...])
        case .truncate(let size):
            if size < count {
                removeLast(count - size)
            } else {
                append(contentsOf: repeatElement(0, count: size - count))
            }
        }
    }
}

/// A small random generator with a seed: SplitMix64.
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func next(below bound: UInt64) -> UInt64 { next() % bound }
}
