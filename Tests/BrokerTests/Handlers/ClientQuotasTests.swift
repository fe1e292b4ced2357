import CommitLog
import KafkaProtocol
import Records
import Testing

@testable import Broker

/// AlterClientQuotas and DescribeClientQuotas.
@Suite struct ClientQuotasTests {
    private typealias Entity = [(type: String, name: String?)]

    private func entry(_ entity: Entity, _ ops: [(String, Double?)]) -> AlterClientQuotasRequest.EntryData {
        .init(
            entity: entity.map { .init(entityType: $0.type, entityName: $0.name) },
            ops: ops.map { .init(key: $0.0, value: $0.1 ?? 0, remove: $0.1 == nil) }
        )
    }

    /// Answers what was refused, an entry a line.
    private func alter(
        _ entries: [AlterClientQuotasRequest.EntryData],
        _ broker: TestBroker,
        validateOnly: Bool = false
    ) async throws -> [String] {
        let request = AlterClientQuotasRequest(entries: entries, validateOnly: validateOnly)
        return try await broker.send(request).entries.map { entry in
            entry.errorCode == .none ? "" : "\(entry.errorCode.rawValue) \(entry.errorMessage ?? "")"
        }
    }

    /// One line for each entity: `client-id=a user=null: producer_byte_rate=1.0`.
    private func describe(
        _ components: [(type: String, match: Int8, name: String?)],
        strict: Bool = false,
        _ broker: TestBroker
    ) async throws -> [String] {
        let request = DescribeClientQuotasRequest(
            components: components.map { .init(entityType: $0.type, matchType: $0.match, match: $0.name) },
            strict: strict
        )
        let response = try await broker.send(request)
        guard response.errorCode == .none else {
            #expect(response.entries == nil)
            return ["\(response.errorCode.rawValue) \(response.errorMessage ?? "")"]
        }
        return (response.entries ?? []).map { entry in
            let entity = entry.entity.map { "\($0.entityType)=\($0.entityName ?? "null")" }
            return "\(entity.joined(separator: " ")): "
                + entry.values.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
    }

    @Test func `filters find exact names, defaults and any name; strict ones nothing more`() async throws {
        let broker = try await TestBroker()
        let refused = try await alter(
            [
                entry([("user", "u1"), ("client-id", "c1")], [("producer_byte_rate", 1024)]),
                entry([("client-id", "c1")], [("consumer_byte_rate", 2048), ("producer_byte_rate", 1)]),
                entry([("client-id", nil)], [("request_percentage", 12.5)]),
                entry([("user", nil)], [("controller_mutation_rate", 0.5)]),
                entry([("ip", "127.0.0.1")], [("connection_creation_rate", 10)]),
                entry([("ip", nil)], [("connection_creation_rate", 20)]),
            ],
            broker
        )
        #expect(refused.allSatisfy { $0.isEmpty })
        let (both, client) = (
            "client-id=c1 user=u1: producer_byte_rate=1024.0",
            "client-id=c1: consumer_byte_rate=2048.0 producer_byte_rate=1.0"
        )
        let anyClient = "client-id=null: request_percentage=12.5"
        #expect(try await describe([("client-id", 0, "c1")], broker) == [client, both])
        #expect(try await describe([("client-id", 0, "c1")], strict: true, broker) == [client])
        #expect(try await describe([("client-id", 1, nil)], broker) == [anyClient])
        #expect(try await describe([("client-id", 2, nil)], strict: true, broker) == [anyClient, client])
        #expect(try await describe([("client-id", 2, nil), ("user", 2, nil)], broker) == [both])
        #expect(
            try await describe([("ip", 2, nil)], broker) == [
                "ip=null: connection_creation_rate=20.0", "ip=127.0.0.1: connection_creation_rate=10.0",
            ]
        )
        #expect(try await describe([], broker).count == 6)
        #expect(try await describe([], strict: true, broker).isEmpty)
        try await broker.stop()
    }

    @Test func `wrong filters are refused with Kafka's words`() async throws {
        let broker = try await TestBroker()
        let cases: [([(String, Int8, String?)], String)] = [
            ([("", 2, nil)], "42 Invalid empty entity type."),
            ([("planet", 2, nil)], "35 Unsupported entity type planet"),
            ([("user", 0, nil)], "42 Request specified MATCH_TYPE_EXACT, but set match string to null."),
            ([("user", 1, "a")], "42 Request specified MATCH_TYPE_DEFAULT, but also specified a match string."),
            ([("user", 2, "a")], "42 Request specified MATCH_TYPE_SPECIFIED, but also specified a match string."),
            ([("user", 3, nil)], "42 Unknown match type 3"),
            ([("user", 2, nil), ("user", 1, nil)], "42 Entity type user cannot appear more than once in the filter."),
            (
                [("user", 2, nil), ("ip", 1, nil)],
                "42 Invalid entity filter component combination. IP filter component should not be used with "
                    + "user or clientId filter component."
            ),
        ]
        for (components, expected) in cases {
            #expect(try await describe(components, broker) == [expected])
        }
        try await broker.stop()
    }

    @Test func `wrong quotas are refused and change nothing`() async throws {
        let broker = try await TestBroker()
        let user: Entity = [("user", "u")]
        let cases: [(Entity, [(String, Double?)], String)] = [
            ([], [("producer_byte_rate", 1)], "42 Invalid empty client quota entity"),
            ([("planet", "x")], [("producer_byte_rate", 1)], "42 Unhandled client quota entity type: planet"),
            ([("user", "")], [("producer_byte_rate", 1)], "42 Empty user not supported"),
            (user, [("no_such", 1)], "42 Invalid configuration key no_such"),
            (user, [("connection_creation_rate", 1)], "42 Invalid configuration key connection_creation_rate"),
            (user, [("producer_byte_rate", 0)], "42 Quota producer_byte_rate must be greater than 0"),
            (user, [("consumer_byte_rate", 1.5)], "42 consumer_byte_rate cannot be a fractional value."),
            (
                [("ip", "127.0.0.1")], [("connection_creation_rate", 3e9)],
                "42 Proposed value for connection_creation_rate is too large for an INT."
            ),
            (
                [("ip", "not-an-ip-or-host.invalid")], [("connection_creation_rate", 1)],
                "42 not-an-ip-or-host.invalid is not a valid IP or resolvable host."
            ),
            (
                [("ip", "127.0.0.1"), ("user", "u")], [("connection_creation_rate", 1)],
                "42 Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId"
            ),
            (
                user, [("producer_byte_rate", 1), ("producer_byte_rate", 2)],
                "42 Ignoring duplicate entity ClientQuotaEntity(entries={user=u})"
            ),
        ]
        for (entity, ops, expected) in cases {
            #expect(try await alter([entry(entity, ops)], broker) == [expected])
        }
        #expect(try await alter([entry(user, [("producer_byte_rate", 1)])], broker, validateOnly: true) == [""])
        #expect(try await describe([], broker).isEmpty)
        // A wrong entry does not hold up the others; of two for one entity the first counts.
        let mixed = [
            entry(user, [("producer_byte_rate", 5)]), entry(user, [("producer_byte_rate", 6)]),
            entry([("user", nil)], [("request_percentage", -1)]),
        ]
        #expect(
            try await alter(mixed, broker) == [
                "", "42 Ignoring duplicate entity ClientQuotaEntity(entries={user=u})",
                "42 Quota request_percentage must be greater than 0",
            ]
        )
        #expect(try await describe([], broker) == ["user=u: producer_byte_rate=5.0"])
        try await broker.stop()
    }

    @Test func `quotas are there after a restart, and removed ones are not`() async throws {
        let disk = MemoryFileSystem()
        let first = try await TestBroker(disk: disk)
        let entity: Entity = [("user", "u"), ("client-id", nil)]
        let set = [entry(entity, [("producer_byte_rate", 1024), ("consumer_byte_rate", 5)])]
        #expect(try await alter(set, first) == [""])
        #expect(try await alter([entry(entity, [("producer_byte_rate", nil), ("never_set", nil)])], first) == [""])
        try await first.stop()
        let second = try await TestBroker(disk: disk)
        #expect(try await describe([], second) == ["client-id=null user=u: consumer_byte_rate=5.0"])
        #expect(try await alter([entry(entity, [("consumer_byte_rate", nil)])], second) == [""])
        #expect(try await describe([], second).isEmpty)
        try await second.stop()
    }
}
