/// What a broker writes into a batch that it appends. Only for the sole owner of the bytes: nobody may be reading them.
extension RecordBatch {
    /// Sets base offset and leader epoch, which the CRC does not cover.
    public func assignInPlace(baseOffset: Offset, leaderEpoch: LeaderEpoch) {
        RecordBatch.assign(baseOffset: baseOffset, leaderEpoch: leaderEpoch, in: bytes, at: 0)
    }

    /// Sets base offset and leader epoch of the batch that starts at `position` in `bytes`. Traps when no header fits
    /// there.
    public static func assign(baseOffset: Offset, leaderEpoch: LeaderEpoch, in bytes: Bytes, at position: Int) {
        precondition(position >= 0 && position <= bytes.count - headerSize, "no batch fits at \(position)")
        bytes.withUnsafeMutableBytesOfSoleOwner { raw in
            guard let batch = raw.baseAddress.map({ $0 + position }) else { return }
            batch.storeBigEndian(baseOffset.rawValue, at: Field.baseOffset)
            batch.storeBigEndian(leaderEpoch.rawValue, at: Field.partitionLeaderEpoch)
        }
    }

    /// Sets timestamp type and max timestamp, and the CRC anew where that changes anything.
    public func setMaxTimestampInPlace(_ maxTimestamp: Timestamp, type: TimestampType) {
        if timestampType == type, self.maxTimestamp == maxTimestamp { return }
        let attributes = type == .logAppendTime ? attributes | 0x08 : attributes & ~0x08
        bytes.withUnsafeMutableBytesOfSoleOwner { raw in
            guard let batch = raw.baseAddress else { return }
            batch.storeBigEndian(attributes, at: Field.attributes)
            batch.storeBigEndian(maxTimestamp.rawValue, at: Field.maxTimestamp)
        }
        let crc = computedCRC
        bytes.withUnsafeMutableBytesOfSoleOwner { $0.baseAddress?.storeBigEndian(crc, at: Field.crc) }
    }
}
