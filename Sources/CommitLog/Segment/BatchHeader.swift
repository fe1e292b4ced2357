import Records

/// The header of a batch of magic 2, read field by field from wherever it lies: the log looks at headers far more often
/// than at whole batches. The layout stands at `RecordBatch`.
struct BatchHeader: Sendable, Hashable {
    static let size = RecordBatch.headerSize
    /// Base offset and length, which the length does not count.
    static let prefixSize = 12
    /// Where the part begins that the CRC covers.
    static let crcStart = 21

    var baseOffset: Offset
    var sizeInBytes: Int
    var leaderEpoch: LeaderEpoch
    var magic: Int8
    var crc: UInt32
    var attributes: Int16
    var lastOffsetDelta: Int32
    var baseTimestamp: Timestamp
    var maxTimestamp: Timestamp
    var producerID: ProducerID
    var producerEpoch: ProducerEpoch
    var baseSequence: Int32
    var recordCount: Int32

    /// `start` must have ``size`` bytes.
    @inline(__always)
    init(at start: UnsafeRawPointer) {
        baseOffset = Offset(start.loadBigEndian(at: 0, as: Int64.self))
        sizeInBytes = Int(start.loadBigEndian(at: 8, as: Int32.self)) + Self.prefixSize
        leaderEpoch = LeaderEpoch(start.loadBigEndian(at: 12, as: Int32.self))
        magic = start.loadBigEndian(at: 16, as: Int8.self)
        crc = start.loadBigEndian(at: 17, as: UInt32.self)
        attributes = start.loadBigEndian(at: 21, as: Int16.self)
        lastOffsetDelta = start.loadBigEndian(at: 23, as: Int32.self)
        baseTimestamp = Timestamp(start.loadBigEndian(at: 27, as: Int64.self))
        maxTimestamp = Timestamp(start.loadBigEndian(at: 35, as: Int64.self))
        producerID = ProducerID(start.loadBigEndian(at: 43, as: Int64.self))
        producerEpoch = ProducerEpoch(start.loadBigEndian(at: 51, as: Int16.self))
        baseSequence = start.loadBigEndian(at: 53, as: Int32.self)
        recordCount = start.loadBigEndian(at: 57, as: Int32.self)
    }

    /// Valid only where ``flaw(after:)`` found none, as nextOffset.
    var lastOffset: Offset { Offset(baseOffset.rawValue &+ Int64(lastOffsetDelta)) }
    var nextOffset: Offset { Offset(lastOffset.rawValue &+ 1) }
    var compressionCode: Int16 { attributes & 7 }
    var isLogAppendTime: Bool { attributes & 0x08 != 0 }
    var isTransactional: Bool { attributes & 0x10 != 0 }
    var isControl: Bool { attributes & 0x20 != 0 }
    var hasProducerID: Bool { producerID > .none }

    /// The last record's sequence, which wraps from the largest Int32 to 0; -1 where the batch has none.
    var lastSequence: Int32 {
        baseSequence < 0 ? -1 : RecordBatch.sequence(baseSequence, advancedBy: lastOffsetDelta)
    }

    /// What makes this no header of a batch in a log, nil where nothing does. `previous` is what the batch must follow.
    func flaw(after previous: Position) -> String? {
        guard magic == 2 else { return "magic \(magic), expected 2" }
        guard sizeInBytes >= Self.size else { return "a length of \(sizeInBytes - Self.prefixSize) bytes" }
        guard lastOffsetDelta >= 0, recordCount >= 0 else {
            return "last offset delta \(lastOffsetDelta) and \(recordCount) records"
        }
        guard baseOffset >= previous.nextOffset, baseOffset.rawValue <= Int64.max - Int64(lastOffsetDelta) - 1 else {
            return "base offset \(baseOffset), expected \(previous.nextOffset) or more"
        }
        guard leaderEpoch >= previous.leaderEpoch || leaderEpoch == .none else {
            return "leader epoch \(leaderEpoch) after \(previous.leaderEpoch)"
        }
        return nil
    }

    /// Where a log stands before a batch.
    struct Position: Sendable, Hashable {
        var nextOffset: Offset
        var leaderEpoch: LeaderEpoch

        mutating func advance(over header: BatchHeader) {
            nextOffset = header.nextOffset
            leaderEpoch = max(leaderEpoch, header.leaderEpoch)
        }
    }
}
