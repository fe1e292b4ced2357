import Logging
import Records

/// What a crash leaves in a partition's directory, put right as Kafka does before it looks at the segments.
///
/// - `.deleted`: removed.
/// - `.cleaned`: the unfinished result of a compaction; removed, the originals are still there.
/// - `.swap`: the finished result; the segments that it stands for are removed, and it takes its name. Unless there
///   are `.cleaned` files at or before its offset: then it is part of a result that is not complete, and is removed.
/// - an index without its `.log`: removed.
/// - `.tmp`: a checkpoint that was being replaced; removed.
struct LeftoverFiles {
    let directory: String
    let fileSystem: any FileSystem
    let logger: Logger

    /// Returns the names that are left, and whether any changed.
    func tidy(_ names: [String]) throws(LogError) -> (names: [String], hasChanged: Bool) {
        var left = Set(names)
        let files = names.compactMap { SegmentFileName($0) }
        for name in names where name.hasSuffix(".tmp") { try remove(name, &left) }
        // KRaft's own snapshots have names of another form and are left alone.
        for file in files where file.state == .deleted { try remove(file.name, &left) }

        let cleaned = files.filter { $0.state == .cleaned }
        let firstCleaned = cleaned.map(\.baseOffset).min()
        for file in cleaned { try remove(file.name, &left) }
        var swaps = [SegmentFileName]()
        for file in files where file.state == .swap {
            if let firstCleaned, file.baseOffset >= firstCleaned {
                try remove(file.name, &left)
            } else {
                swaps.append(file)
            }
        }
        if !swaps.isEmpty { try finish(swaps, &left) }
        try removeOrphans(&left)
        return (Array(left), left != Set(names))
    }

    private func finish(_ swaps: [SegmentFileName], _ left: inout Set<String>) throws(LogError) {
        if let covered = try coveredOffsets(swaps) {
            for name in left.sorted() {
                guard let file = SegmentFileName(name), file.state == .current, covered.contains(file.baseOffset),
                    file.kind != .snapshot
                else { continue }
                try remove(name, &left)
            }
        }
        for swap in swaps {
            let name = SegmentFileName(swap.baseOffset, swap.kind).name
            logger.warning("compacted segment put in place after a crash", metadata: ["file": "\(directory)/\(name)"])
            try LogError.wrap { () throws(FileSystemError) in
                try fileSystem.rename(swap.path(in: directory), to: directory + "/" + name)
            }
            left.remove(swap.name)
            left.insert(name)
        }
    }

    /// The offsets that the swapped segments stand for.
    private func coveredOffsets(_ swaps: [SegmentFileName]) throws(LogError) -> Range<Offset>? {
        let logs = swaps.filter { $0.kind == .log }
        guard let first = logs.map(\.baseOffset).min() else { return nil }
        var end = first
        for log in logs {
            let path = log.path(in: directory)
            let (file, size) = try LogError.wrap { () throws(FileSystemError) in
                let file = try fileSystem.open(path, .read)
                return (file, Int(try file.size()))
            }
            end = max(end, log.baseOffset)
            var scanner = BatchScanner(file, from: 0, to: size)
            do throws(LogError) {
                while let (header, _) = try scanner.next() { end = max(end, header.nextOffset) }
            } catch .corruptBatch(let reason) {
                throw .corruptFile(path: path, reason: "a compacted segment that cannot be read: \(reason)")
            }
        }
        return first..<end
    }

    private func removeOrphans(_ left: inout Set<String>) throws(LogError) {
        for name in left.sorted() {
            guard let file = SegmentFileName(name), file.state == .current, file.kind != .log, file.kind != .snapshot,
                !left.contains(SegmentFileName(file.baseOffset, .log).name)
            else { continue }
            try remove(name, &left)
        }
    }

    private func remove(_ name: String, _ left: inout Set<String>) throws(LogError) {
        logger.info("leftover file removed", metadata: ["file": "\(directory)/\(name)"])
        _ = try LogError.wrap { () throws(FileSystemError) in try fileSystem.remove(directory + "/" + name) }
        left.remove(name)
    }
}
