extension SegmentedCursor {
    /// A row as it is stored, its segment's number in front.
    struct Row {
        let key: [UInt8]
        let value: [UInt8]

        /// The key without the segment's number and without the `suffix` bytes that tell its time.
        func plainKey(suffix: Int) -> ArraySlice<UInt8> { key.dropFirst(SegmentedStore.prefixSize).dropLast(suffix) }

        func time(fromEnd: Int) -> Int64 { key.withUnsafeBytes { WindowKey.int64($0, fromEnd: fromEnd) } }
    }

    /// The rows of a store that Kafka Streams keeps by time, as it does those in memory: sorted, and read to the end at once.
    func rows(inOrder isBefore: (Row, Row) -> Bool, isReverse: Bool) throws -> [Row] {
        defer { close() }
        var rows: [Row] = []
        while try advance() { rows.append(Row(key: [UInt8](key), value: [UInt8](value))) }
        rows.sort { isReverse ? isBefore($1, $0) : isBefore($0, $1) }
        return rows
    }
}

extension KeyValueIterator {
    /// An iterator over rows that were read already.
    convenience init(
        _ rows: [SegmentedCursor.Row],
        _ decode: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> (key: Key, value: Value)
    ) {
        var left = rows[...]
        self.init(
            next: {
                guard let row = left.popFirst() else { return nil }
                return try row.key.withUnsafeBytes { key in try row.value.withUnsafeBytes { try decode(key, $0) } }
            },
            close: {}
        )
    }
}
