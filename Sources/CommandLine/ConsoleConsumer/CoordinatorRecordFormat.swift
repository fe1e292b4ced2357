import KafkaProtocol
import Records

/// Shows the records of `__consumer_offsets` and `__transaction_state` as JSON, one after the other without a line's end,
/// as Kafka's formatters do: `{"key":{"version":1,"data":{...}},"value":{"version":3,"data":{...}}}`.
enum CoordinatorRecordFormat: String, Sendable, Hashable {
    case groups = "GroupMetadataMessageFormatter"
    case offsets = "OffsetsMessageFormatter"
    case transactions = "TransactionLogMessageFormatter"

    private static let unknown = JSONValue.string("unknown")

    /// Nil for a record that is not this formatter's.
    func text(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) -> String? {
        var shownKey = JSONValue.null
        if let key {
            guard let (version, rest) = CoordinatorRecordFormat.split(key) else { return nil }
            guard let data = self.key(version, rest) else { return nil }
            shownKey = .members(["version": .integer(Int64(version)), "data": data])
        }
        var shownValue = JSONValue.null
        if let value, let (version, rest) = CoordinatorRecordFormat.split(value) {
            shownValue = .members(["version": .integer(Int64(version)), "data": self.value(version, rest)])
        }
        return JSONValue.members(["key": shownKey, "value": shownValue]).description
    }

    /// The version, and what follows it.
    private static func split(_ bytes: UnsafeRawBufferPointer) -> (Int16, Bytes)? {
        guard bytes.count >= 2 else { return nil }
        let version = Int16(bytes[0]) << 8 | Int16(bytes[1])
        return (version, Bytes(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(2))))
    }

    private func key(_ version: Int16, _ bytes: Bytes) -> JSONValue? {
        do throws(WireError) {
            switch (self, version) {
            case (.transactions, TransactionLogKey.versions):
                let key = try TransactionLogKey.decode(bytes, version: version)
                return .members(["transactionalId": .string(key.transactionalId.rawValue)])
            case (.groups, GroupMetadataKey.versions):
                return .members(["group": .string(try GroupMetadataKey.decode(bytes, version: version).group.rawValue)])
            case (.offsets, OffsetCommitKey.versions):
                let key = try OffsetCommitKey.decode(bytes, version: version)
                return .members([
                    "group": .string(key.group.rawValue), "topic": .string(key.topic.rawValue),
                    "partition": .integer(Int64(key.partition.rawValue)),
                ])
            case (.groups, OffsetCommitKey.versions), (.offsets, GroupMetadataKey.versions): return nil
            default: return CoordinatorRecordFormat.unknown
            }
        } catch {
            return CoordinatorRecordFormat.unknown
        }
    }

    private func value(_ version: Int16, _ bytes: Bytes) -> JSONValue {
        do throws(WireError) {
            switch (self, version) {
            case (.transactions, TransactionLogValue.versions):
                return CoordinatorRecordFormat.json(try TransactionLogValue.decode(bytes, version: version), version)
            case (.groups, GroupMetadataValue.versions):
                return CoordinatorRecordFormat.json(try GroupMetadataValue.decode(bytes, version: version), version)
            case (.offsets, OffsetCommitValue.versions):
                return CoordinatorRecordFormat.json(try OffsetCommitValue.decode(bytes, version: version), version)
            default: return CoordinatorRecordFormat.unknown
            }
        } catch {
            return CoordinatorRecordFormat.unknown
        }
    }

    private static func json(_ value: OffsetCommitValue, _ version: Int16) -> JSONValue {
        var members: [JSONValue.Member] = [.init(name: "offset", value: .integer(value.offset.rawValue))]
        func add(_ name: String, _ value: JSONValue, _ isThere: Bool = true) {
            if isThere { members.append(.init(name: name, value: value)) }
        }
        add("leaderEpoch", .integer(Int64(value.leaderEpoch.rawValue)), version >= 3)
        add("metadata", .string(value.metadata))
        add("commitTimestamp", .integer(value.commitTimestamp.rawValue))
        add("expireTimestamp", .integer(value.expireTimestamp.rawValue), version == 1)
        return .object(members)
    }

    private static func json(_ value: GroupMetadataValue, _ version: Int16) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "protocolType", value: .string(value.protocolType)),
            .init(name: "generation", value: .integer(Int64(value.generation))),
            .init(name: "protocol", value: .text(value.protocol)),
            .init(name: "leader", value: .text(value.leader?.rawValue)),
        ]
        if version >= 2 {
            members.append(.init(name: "currentStateTimestamp", value: .integer(value.currentStateTimestamp.rawValue)))
        }
        members.append(.init(name: "members", value: .array(value.members.map { json($0, version) })))
        return .object(members)
    }

    private static func json(_ member: GroupMetadataValue.MemberMetadata, _ version: Int16) -> JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue, _ isThere: Bool = true) {
            if isThere { members.append(.init(name: name, value: value)) }
        }
        add("memberId", .string(member.memberId.rawValue))
        add("groupInstanceId", .text(member.groupInstanceId), version >= 3)
        add("clientId", .string(member.clientId))
        add("clientHost", .string(member.clientHost))
        add("rebalanceTimeout", .integer(Int64(member.rebalanceTimeout)), version >= 1)
        add("sessionTimeout", .integer(Int64(member.sessionTimeout)))
        add("subscription", .string(Base64.text(member.subscription)))
        add("assignment", .string(Base64.text(member.assignment)))
        return .object(members)
    }

    private static func json(_ value: TransactionLogValue, _ version: Int16) -> JSONValue {
        let partitions = value.transactionPartitions?.map { topic in
            JSONValue.members([
                "topic": .string(topic.topic.rawValue),
                "partitionIds": .array(topic.partitionIds.map { .integer(Int64($0.rawValue)) }),
            ])
        }
        return .members([
            "producerId": .integer(value.producerId.rawValue),
            "producerEpoch": .integer(Int64(value.producerEpoch.rawValue)),
            "transactionTimeoutMs": .integer(Int64(value.transactionTimeoutMs)),
            "transactionStatus": .integer(Int64(value.transactionStatus)),
            "transactionPartitions": partitions.map { .array($0) } ?? .null,
            "transactionLastUpdateTimestampMs": .integer(value.transactionLastUpdateTimestampMs.rawValue),
            "transactionStartTimestampMs": .integer(value.transactionStartTimestampMs.rawValue),
        ])
    }
}

/// Bytes as text of 64 letters, as JSON has them.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: Bytes) -> String {
        var text: [UInt8] = []
        bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let part = bytes[start..<min(start + 3, bytes.count)]
                let bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
                for digit in 0..<4 {
                    let isThere = digit <= part.count
                    text.append(isThere ? alphabet[Int(bits >> UInt32(18 - 6 * digit) & 63)] : UInt8(ascii: "="))
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
