import CommitLog
import Logging
import Records

/// The first byte says whether length and CRC are mended, so that what lies behind them is reached, and to which kind of topic
/// the batch goes. It is read record by record, and appended; what was appended can be read back.
enum BatchFuzz {
    private static let directory = "/data/fuzz-0"
    private static let maxDecompressedBytes = 1 << 20

    static func run(_ input: Bytes) throws(BrokenPromise) {
        var cursor = InputCursor(input)
        let choice = cursor.byte()
        let batch = mended(cursor.rest(), length: choice & 2 != 0, crc: choice & 1 != 0)
        read(batch)
        try append(batch, kind: choice >> 2 & 3)
    }

    /// Memory of its own, because an append writes into it.
    static func mended(_ bytes: Bytes, length: Bool, crc: Bool) -> Bytes {
        var copy = Array(bytes)
        guard copy.count >= RecordBatch.headerSize else { return Bytes(copy) }
        if length { put(UInt32(truncatingIfNeeded: copy.count - 12), at: 8, in: &copy) }
        if crc, let batch = try? RecordBatch(Bytes(copy)) {
            put(batch.computedCRC, at: 17, in: &copy)
        }
        return Bytes(copy)
    }

    private static func put(_ number: UInt32, at position: Int, in bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32(index))) }
    }

    private static func read(_ bytes: Bytes) {
        var batches = RecordBatch.batches(in: bytes)
        do {
            while let batch = try batches.next() {
                _ = (batch.lastOffset, batch.nextOffset, batch.lastSequence, batch.deleteHorizon, batch.compression)
                try batch.forEachRecord(maxDecompressedBytes: maxDecompressedBytes) { view in
                    _ = view.record()
                }
                if batch.isControl { _ = try ControlRecord(batch) }
            }
        } catch { return }
    }

    private static func append(_ batch: Bytes, kind: UInt8) throws(BrokenPromise) {
        var configuration = LogConfiguration()
        configuration.indexIntervalBytes = 0
        switch kind {
        case 1: configuration.isCompacted = true
        case 2: configuration.messageTimestampType = .logAppendTime
        case 3: configuration.compression = .lz4
        default: break
        }
        let log: PartitionLog
        do throws(LogError) {
            log = try LogFuzz.open(MemoryFileSystem(), directory, configuration, .clean)
        } catch { throw BrokenPromise("an empty log does not open: \(error)") }
        let result: AppendResult
        do throws(LogError) {
            result = try log.appendAsLeader(batch, leaderEpoch: LeaderEpoch(3), now: LogFuzz.now)
        } catch {
            return try BrokenPromise.check(log.logEndOffset == .zero, "a refused batch moved the log's end")
        }
        try BrokenPromise.check(result.baseOffset == .zero, "the first batch is at \(result.baseOffset)")
        let found: LogRead
        do throws(LogError) {
            found = try log.read(from: .zero, maxBytes: 1 << 20, upTo: log.logEndOffset)
        } catch { throw BrokenPromise("what was appended cannot be read: \(error)") }
        try BrokenPromise.check(found.sizeInBytes > 0, "what was appended is not there")
    }
}
