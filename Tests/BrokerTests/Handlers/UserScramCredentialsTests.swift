import CommitLog
import KafkaProtocol
import Records
import Testing

@testable import Broker

/// AlterUserScramCredentials and DescribeUserScramCredentials.
@Suite struct UserScramCredentialsTests {
    private func upsertion(
        _ user: String,
        _ mechanism: Int8 = 1,
        iterations: Int32 = 4096
    ) -> AlterUserScramCredentialsRequest.ScramCredentialUpsertion {
        .init(
            name: user,
            mechanism: mechanism,
            iterations: iterations,
            salt: Bytes(utf8: "salt"),
            saltedPassword: Bytes(utf8: "salted")
        )
    }

    /// `user: code message`, a user a line.
    private func alter(
        _ upsertions: [AlterUserScramCredentialsRequest.ScramCredentialUpsertion],
        deleting deletions: [(String, Int8)] = [],
        _ broker: TestBroker
    ) async throws -> [String] {
        let request = AlterUserScramCredentialsRequest(
            deletions: deletions.map { .init(name: $0.0, mechanism: $0.1) },
            upsertions: upsertions
        )
        return try await broker.send(request).results.map {
            "\($0.user): \($0.errorCode)\($0.errorMessage.map { " " + $0 } ?? "")"
        }
    }

    /// `user: mechanism=iterations`, or the error, a user a line.
    private func describe(_ users: [String]?, _ broker: TestBroker) async throws -> [String] {
        let request = DescribeUserScramCredentialsRequest(users: users?.map { .init(name: $0) })
        return try await broker.send(request).results.map { result in
            guard result.errorCode == .none else { return "\(result.user): \(result.errorCode)" }
            return "\(result.user): "
                + result.credentialInfos.map { "\($0.mechanism)=\($0.iterations)" }.joined(separator: " ")
        }
    }

    @Test func `credentials are set, described and deleted, and outlive the broker`() async throws {
        let disk = MemoryFileSystem()
        let first = try await TestBroker(disk: disk)
        #expect(
            try await alter([upsertion("alice"), upsertion("bob", 2, iterations: 8192)], first) == [
                "alice: NONE", "bob: NONE",
            ]
        )
        #expect(try await alter([upsertion("alice", 2)], first) == ["alice: NONE"])
        try await first.stop()
        let second = try await TestBroker(disk: disk)
        #expect(try await describe(nil, second) == ["alice: 1=4096 2=4096", "bob: 2=8192"])
        #expect(try await describe(["bob", "carol"], second) == ["bob: 2=8192", "carol: RESOURCE_NOT_FOUND"])
        #expect(try await describe(["bob", "bob"], second) == ["bob: DUPLICATE_RESOURCE"])
        #expect(try await alter([], deleting: [("bob", 2)], second) == ["bob: NONE"])
        #expect(try await describe([], second) == ["alice: 1=4096 2=4096"])
        try await second.stop()
    }

    @Test func `what cannot be a credential is refused, and changes nothing`() async throws {
        let broker = try await TestBroker()
        let refused = try await alter(
            [
                upsertion("few", iterations: 4095), upsertion("many", iterations: 16_385), upsertion("odd", 3),
                upsertion(""), upsertion("twice"), upsertion("twice", 2), upsertion("both"),
            ],
            deleting: [("gone", 1), ("both", 1)],
            broker
        )
        #expect(
            refused == [
                "gone: RESOURCE_NOT_FOUND Attempt to delete a user credential that does not exist",
                "both: RESOURCE_NOT_FOUND Attempt to delete a user credential that does not exist",
                "few: UNACCEPTABLE_CREDENTIAL Too few iterations",
                "many: UNACCEPTABLE_CREDENTIAL Too many iterations",
                "odd: UNSUPPORTED_SASL_MECHANISM Unknown SCRAM mechanism",
                ": UNACCEPTABLE_CREDENTIAL Username must not be empty",
                "twice: DUPLICATE_RESOURCE A user credential cannot be altered twice in the same request",
            ]
        )
        #expect(try await describe(nil, broker) == [])
        try await broker.stop()
    }

    @Test func `what is kept is what RFC 5802 keeps`() throws {
        // RFC 7677: user, pencil, 4096 iterations, salt W22ZaJ0SNY7soEsUEjb6gQ==.
        let salt: [UInt8] = [
            0x5B, 0x6D, 0x99, 0x68, 0x9D, 0x12, 0x35, 0x8E, 0xEC, 0xA0, 0x4B, 0x14, 0x12, 0x36, 0xFA, 0x81,
        ]
        let salted = KeyedHash<UInt32>(key: Array("pencil".utf8)).salted(salt, iterations: 4096)
        var wire = upsertion("user")
        wire.saltedPassword = Bytes(salted)
        let plan = CredentialAlteration(
            AlterUserScramCredentialsRequest(upsertions: [wire]),
            MetadataImage(clusterID: "c")
        )
        guard case .userScramCredential(let record) = plan.records.first else {
            Issue.record("no record")
            return
        }
        // The server's signature of the RFC's exchange proves the server key.
        let exchange =
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let signature = KeyedHash<UInt32>(key: Array(record.serverKey)).hash(Array(exchange.utf8))
        // 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        #expect(signature.prefix(6) == [0xEA, 0xBA, 0xE2, 0x4D, 0x10, 0x62])
        #expect(record.storedKey.count == 32)
    }
}
