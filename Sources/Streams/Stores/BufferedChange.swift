import Records

/// A change of a table that is held back, and the record that it came with.
///
/// | bytes | what |
/// |---|---|
/// | 8, 8 | the record's time and offset |
/// | 4 + n | its topic, with the length before it |
/// | 4, 4 | its partition and its number of headers |
/// | | each header: length and bytes of key and of value; length -1 for null |
/// | 4 + n | the value before the first of the changes that were put together; length -1 for none |
/// | 4 + n | the old value; length -1 for none, -2 for the same as the value before |
/// | 4 + n | the new value; length -1 for none |
struct BufferedChange {
    let prior: [UInt8]?
    let old: [UInt8]?
    let new: [UInt8]?
    let context: ProcessorRecordContext

    init(prior: [UInt8]?, old: [UInt8]?, new: [UInt8]?, context: ProcessorRecordContext) {
        self.prior = prior
        self.old = old
        self.new = new
        self.context = context
    }

    /// Kafka's measure of the memory it takes.
    var sizeBytes: Int {
        let headers = context.headers.reduce(0) { $0 + $1.key.utf16.count + ($1.value?.count ?? 0) }
        return (prior?.count ?? 0) + (prior == old ? 0 : old?.count ?? 0) + (new?.count ?? 0) + 20
            + context.topic.rawValue.utf16.count + headers
    }

    func write(to buffer: inout RawBuffer) {
        buffer.append(int64: context.timestamp.rawValue)
        buffer.append(int64: context.offset.rawValue)
        buffer.append(int32: Int32(clamping: context.topic.rawValue.utf8.count))
        buffer.append(utf8: context.topic.rawValue)
        buffer.append(int32: context.partition.rawValue)
        buffer.append(int32: Int32(clamping: context.headers.count))
        for header in context.headers {
            buffer.append(int32: Int32(clamping: header.key.utf8.count))
            buffer.append(utf8: header.key)
            buffer.append(int32: header.value.map { Int32(clamping: $0.count) } ?? -1)
            if let value = header.value { buffer.append(value) }
        }
        BufferedChange.write(prior, to: &buffer)
        if old != nil, old == prior { buffer.append(int32: -2) } else { BufferedChange.write(old, to: &buffer) }
        BufferedChange.write(new, to: &buffer)
    }

    private static func write(_ value: [UInt8]?, to buffer: inout RawBuffer) {
        guard let value else { return buffer.append(int32: -1) }
        buffer.append(int32: Int32(clamping: value.count))
        value.withUnsafeBytes { buffer.append($0) }
    }

    /// Errors: ``SerializationException`` for bytes that are not of this form.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = Reader(bytes: bytes)
        let timestamp = Timestamp(try reader.int64())
        let offset = Offset(try reader.int64())
        let topic = TopicName(String(decoding: try reader.take(Int(reader.int32())), as: UTF8.self))
        let partition = PartitionIndex(try reader.int32())
        let headerCount = try reader.int32()
        var headers: [Header] = []
        for _ in 0..<max(headerCount, 0) {
            let key = String(decoding: try reader.take(Int(reader.int32())), as: UTF8.self)
            headers.append(Header(key: key, value: try reader.value(try reader.int32()).map { Bytes($0) }))
        }
        context = ProcessorRecordContext(
            timestamp: timestamp,
            offset: offset,
            topic: topic,
            partition: partition,
            headers: headers
        )
        prior = try reader.value(try reader.int32())
        let oldCount = try reader.int32()
        old = oldCount == -2 ? prior : try reader.value(oldCount)
        new = try reader.value(try reader.int32())
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        mutating func int64() throws -> Int64 { Int64(bigEndian: try take(8).loadUnaligned(as: Int64.self)) }
        mutating func int32() throws -> Int32 { Int32(bigEndian: try take(4).loadUnaligned(as: Int32.self)) }

        mutating func value(_ count: Int32) throws -> [UInt8]? { count == -1 ? nil : [UInt8](try take(Int(count))) }

        mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
            guard count >= 0, count <= bytes.count - position else {
                throw SerializationException(
                    "a suppressed change: \(count) bytes needed at \(position) of \(bytes.count)"
                )
            }
            defer { position += count }
            return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
        }
    }
}
