import Records

/// How a record becomes a line: the properties of Kafka's message formatter.
///
/// ```
/// CreateTime:1700000000000 <tab> Partition:0 <tab> Offset:7 <tab> h1:v1,h2:v2 <tab> key <tab> value
/// ```
struct RecordFormat: Sendable, Hashable {
    /// Nothing is printed at all.
    private(set) var isSilent = false
    /// The records are those of a coordinator.
    private var coordinator: CoordinatorRecordFormat?
    private var printsTimestamp = false
    private var printsPartition = false
    private var printsOffset = false
    private var printsDelivery = false
    private var printsEpoch = false
    private var printsHeaders = false
    private var printsKey = false
    private var printsValue = true
    private var keySeparator = Bytes(utf8: "\t")
    private var lineSeparator = Bytes(utf8: "\n")
    private var headersSeparator = Bytes(utf8: ",")
    private var nullLiteral = Bytes(utf8: "null")
    private var keyDeserializer = FieldDeserializer.byteArray
    private var valueDeserializer = FieldDeserializer.byteArray
    private var headersDeserializer = FieldDeserializer.byteArray
    /// Deserializers that were asked for and that nobody knows; the bytes are shown as they are.
    private(set) var unknownDeserializers: [String] = []

    /// Nil for a class that is not one of Kafka's formatters.
    init?(className: String, _ properties: [String: String]) {
        switch className.split(separator: ".").last {
        case "DefaultMessageFormatter", "LoggingMessageFormatter": isSilent = false
        case "NoOpMessageFormatter": isSilent = true
        case let name?:
            coordinator = CoordinatorRecordFormat(rawValue: String(name))
            if coordinator == nil { return nil }
        case nil: return nil
        }
        read(properties)
    }

    private mutating func read(_ properties: [String: String]) {
        func flag(_ name: String, _ standard: Bool) -> Bool {
            properties[name].map { $0.filter { !$0.isWhitespace }.lowercased() == "true" } ?? standard
        }
        func bytes(_ name: String, _ standard: Bytes) -> Bytes { properties[name].map { Bytes(utf8: $0) } ?? standard }
        printsTimestamp = flag("print.timestamp", false)
        printsPartition = flag("print.partition", false)
        printsOffset = flag("print.offset", false)
        printsDelivery = flag("print.delivery", false)
        printsEpoch = flag("print.epoch", false)
        printsHeaders = flag("print.headers", false)
        printsKey = flag("print.key", false)
        printsValue = flag("print.value", true)
        keySeparator = bytes("key.separator", keySeparator)
        lineSeparator = bytes("line.separator", lineSeparator)
        headersSeparator = bytes("headers.separator", headersSeparator)
        nullLiteral = bytes("null.literal", nullLiteral)
        var unknown: [String] = []
        func deserializer(_ name: String) -> FieldDeserializer {
            guard let className = properties[name] else { return .byteArray }
            if let known = FieldDeserializer(className: className) { return known }
            unknown.append(className)
            return .byteArray
        }
        keyDeserializer = deserializer("key.deserializer")
        valueDeserializer = deserializer("value.deserializer")
        headersDeserializer = deserializer("headers.deserializer")
        unknownDeserializers = unknown
    }

    /// Appends the record's line. Errors: a field that is not of its deserializer's type; what stands before it in the
    /// line has been appended then, as Kafka's formatter prints it.
    func append(
        _ record: RecordView,
        partition: PartitionIndex,
        timestampType: TimestampType,
        to output: inout RawBuffer
    ) throws(DeserializationError) {
        guard !isSilent else { return }
        if let coordinator {
            if let text = coordinator.text(key: record.keyBytes, value: record.valueBytes) { output.append(utf8: text) }
            return
        }
        var columns = columnCount
        /// What follows a column: the separator, or after the last one the end of the line.
        func separate(_ output: inout RawBuffer) {
            columns -= 1
            output.append(columns > 0 ? keySeparator : lineSeparator)
        }
        func column(_ text: String, _ output: inout RawBuffer) {
            output.append(utf8: text)
            separate(&output)
        }
        if printsTimestamp { column("\(timestampType.name):\(record.timestamp)", &output) }
        if printsPartition { column("Partition:\(partition)", &output) }
        if printsOffset { column("Offset:\(record.offset)", &output) }
        if printsDelivery { column("Delivery:NOT_PRESENT", &output) }
        if printsEpoch { column("Epoch:NOT_PRESENT", &output) }
        if printsHeaders {
            try append(record.headers(), to: &output)
            separate(&output)
        }
        if printsKey {
            try append(record.keyBytes, keyDeserializer, to: &output)
            separate(&output)
        }
        if printsValue {
            try append(record.valueBytes, valueDeserializer, to: &output)
            output.append(lineSeparator)
        }
    }

    private var columnCount: Int {
        [
            printsTimestamp, printsPartition, printsOffset, printsDelivery, printsEpoch, printsHeaders, printsKey,
            printsValue,
        ].count { $0 }
    }

    private func append(_ headers: [Header], to output: inout RawBuffer) throws(DeserializationError) {
        if headers.isEmpty { output.append(utf8: "NO_HEADERS") }
        for (place, header) in headers.enumerated() {
            if place > 0 { output.append(headersSeparator) }
            output.append(utf8: header.key + ":")
            let value = header.value ?? nullLiteral
            try value.withUnsafeBytes { bytes throws(DeserializationError) in
                try headersDeserializer.append(bytes, to: &output)
            }
        }
    }

    /// A null is shown as the literal, which goes through the deserializer as any other bytes do.
    private func append(
        _ field: UnsafeRawBufferPointer?,
        _ deserializer: FieldDeserializer,
        to output: inout RawBuffer
    ) throws(DeserializationError) {
        guard let field else {
            try nullLiteral.withUnsafeBytes { bytes throws(DeserializationError) in
                try deserializer.append(bytes, to: &output)
            }
            return
        }
        try deserializer.append(field, to: &output)
    }
}
