import Records
import Streams

/// A type of keys, as the loops that stand for limits read and write it: without a closure on the way.
protocol LoopKey: Hashable, Sendable {
    init(keyBytes: UnsafeRawBufferPointer?)
    func withKeyBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R
}

extension String: LoopKey {
    @inline(__always)
    init(keyBytes: UnsafeRawBufferPointer?) { self = keyBytes.text }

    @inline(__always)
    func withKeyBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        if let result = try utf8.withContiguousStorageIfAvailable({ try body(UnsafeRawBufferPointer($0)) }) {
            return result
        }
        var text = self
        return try text.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    }
}

extension Int64: LoopKey {
    @inline(__always)
    init(keyBytes: UnsafeRawBufferPointer?) {
        self = keyBytes.map { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) } ?? 0
    }

    @inline(__always)
    func withKeyBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withUnsafeBytes(of: bigEndian, body)
    }
}

/// Reads the records of batches one at a time, for loops over several topics.
struct RecordSequence {
    private var batches: ArraySlice<RecordBatch>
    private var reader: RecordReader?

    init(_ batches: [RecordBatch]) { self.batches = batches[...] }

    @inline(__always)
    mutating func next() throws -> RecordView? {
        if let record = try reader?.next() { return record }
        guard let batch = batches.popFirst() else { return nil }
        reader = try batch.makeRecordReader()
        return try reader?.next()
    }
}
