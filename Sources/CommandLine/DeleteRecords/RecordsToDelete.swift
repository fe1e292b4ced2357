import Records

/// The file that says which records to delete:
/// `{"partitions": [{"topic": "foo", "partition": 1, "offset": 1}], "version": 1}`.
enum RecordsToDelete {
    /// Why the file cannot be used, in the words of Kafka's tool.
    struct Malformed: Error, Hashable {
        let message: String
    }

    /// The offsets by partition. Errors: what is no JSON or has another form, and partitions that occur twice.
    static func offsets(_ text: String) throws(Malformed) -> [TopicPartition: Offset] {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONReader.value(of: text)
        } catch {
            throw Malformed(message: "The input string is not a valid JSON")
        }
        guard case .object = root else { throw Malformed(message: "Expected JSON object, received \(root)") }
        let version = try root["version"].map { value throws(Malformed) in
            try integer(value, within: Int64(Int32.min)...Int64(Int32.max), "Integer")
        }
        guard version ?? 1 == 1 else { throw Malformed(message: "Not supported version field value \(version ?? 1)") }
        guard let partitions = root["partitions"] else { throw Malformed(message: "Missing partitions field") }
        guard case .array(let rows) = partitions else {
            throw Malformed(message: "Expected JSON array, received \(partitions)")
        }
        var offsets: [TopicPartition: Offset] = [:]
        var twice: Set<TopicPartition> = []
        for row in rows {
            guard case .object = row else { throw Malformed(message: "Expected JSON object, received \(row)") }
            guard case .string(let topic) = try member("topic", of: row) else {
                throw Malformed(message: "Expected `String` value, received \(try member("topic", of: row))")
            }
            let range = Int64(Int32.min)...Int64(Int32.max)
            let number = try integer(try member("partition", of: row), within: range, "Integer")
            let offset = try integer(try member("offset", of: row), within: .min ... .max, "Long")
            let id = TopicPartition(TopicName(topic), PartitionIndex(Int32(truncatingIfNeeded: number)))
            if offsets.updateValue(Offset(offset), forKey: id) != nil { twice.insert(id) }
        }
        guard twice.isEmpty else {
            let list = twice.sorted().map(\.description).joined(separator: ",")
            throw Malformed(message: "Offset json file contains duplicate topic partitions: \(list)")
        }
        return offsets
    }

    private static func member(_ name: String, of object: JSONValue) throws(Malformed) -> JSONValue {
        guard let value = object[name] else { throw Malformed(message: "No such field exists: `\(name)`") }
        return value
    }

    private static func integer(
        _ value: JSONValue,
        within range: ClosedRange<Int64>,
        _ type: String
    ) throws(Malformed) -> Int64 {
        guard case .integer(let number) = value, range.contains(number) else {
            throw Malformed(message: "Expected `\(type)` value, received \(value)")
        }
        return number
    }
}
