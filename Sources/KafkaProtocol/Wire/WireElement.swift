import Records

/// What an array on the wire can hold: a struct of a message, or a single value.
protocol WireElement {
    init(from reader: inout WireReader) throws(WireError)
    func encode(to writer: inout WireWriter) throws(WireError)
}

/// A struct of a message, or the message itself.
protocol WireStruct: WireElement {
    /// All fields have their defaults.
    init()
}

extension Int8: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self = try reader.int8("") }
    func encode(to writer: inout WireWriter) { writer.int8(self) }
}

extension Int16: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self = try reader.int16("") }
    func encode(to writer: inout WireWriter) { writer.int16(self) }
}

extension Int32: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self = try reader.int32("") }
    func encode(to writer: inout WireWriter) { writer.int32(self) }
}

extension Int64: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self = try reader.int64("") }
    func encode(to writer: inout WireWriter) { writer.int64(self) }
}

extension String: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self = try reader.string("") }
    func encode(to writer: inout WireWriter) throws(WireError) { try writer.string("", self) }
}

extension KafkaUUID: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self = try reader.uuid("") }
    func encode(to writer: inout WireWriter) { writer.uuid(self) }
}

extension WireElement where Self: RawRepresentable, RawValue: WireElement {
    func encode(to writer: inout WireWriter) throws(WireError) { try rawValue.encode(to: &writer) }
}

extension PartitionIndex: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.int32("")) }
}

extension BrokerID: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.int32("")) }
}

extension ProducerID: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.int64("")) }
}

extension TopicName: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.string("")) }
}

extension TopicID: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.uuid("")) }
}

extension GroupID: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.string("")) }
}

extension TransactionalID: WireElement {
    init(from reader: inout WireReader) throws(WireError) { self.init(try reader.string("")) }
}
