import CommitLog
import KafkaProtocol
import Testing

@testable import Broker

@Suite struct FeatureUpdateTests {
    private func update(
        _ broker: TestBroker,
        _ feature: String,
        _ level: Int16,
        _ kind: Int8 = 1,
        validateOnly: Bool = false
    ) async throws -> UpdateFeaturesResponse {
        try await broker.send(
            UpdateFeaturesRequest(
                featureUpdates: [.init(feature: feature, maxVersionLevel: level, upgradeType: kind)],
                validateOnly: validateOnly
            )
        )
    }

    private func levels(_ broker: TestBroker) async throws -> [String: Int16] {
        let answer = try await broker.send(ApiVersionsRequest(clientSoftwareName: "t", clientSoftwareVersion: "1"))
        return Dictionary(answer.finalizedFeatures.map { ($0.name, $0.maxVersionLevel) }) { $1 }
    }

    @Test func `a new cluster has the levels of release 4.3`() async throws {
        let broker = try await TestBroker()
        #expect(
            try await levels(broker) == [
                "metadata.version": 30, "transaction.version": 2, "group.version": 1,
                "eligible.leader.replicas.version": 1,
            ]
        )
        try await broker.stop()
    }

    @Test func `levels are changed, and stay changed after a restart`() async throws {
        let disk = MemoryFileSystem()
        var broker = try await TestBroker(disk: disk)
        #expect(try await update(broker, "transaction.version", 1, 2, validateOnly: true).errorCode == .none)
        #expect(try await levels(broker)["transaction.version"] == 2)
        #expect(try await update(broker, "transaction.version", 1, 2).errorCode == .none)
        #expect(try await update(broker, "group.version", 0, 3).errorCode == .none)
        try await broker.stop()
        broker = try await TestBroker(disk: disk)
        #expect(try await levels(broker)["transaction.version"] == 1)
        #expect(try await levels(broker)["group.version"] == nil)
        #expect(try await update(broker, "transaction.version", 2).errorCode == .none)
        #expect(try await levels(broker)["transaction.version"] == 2)
        try await broker.stop()
    }

    @Test(arguments: [
        ("transaction.version", 3, 1, "Local controller 1 only supports versions 0-2"),
        ("metadata.version", 31, 1, "Local controller 1 only supports versions 7-30"),
        ("nonsense", 1, 1, "Local controller 1 does not support this feature."),
        ("transaction.version", -1, 1, "A feature version cannot be less than 0."),
        ("transaction.version", 1, 0, "The controller does not support the given upgrade type."),
        (
            "transaction.version", 1, 1,
            "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe "
                + "downgrade."
        ),
    ])
    func `what cannot be is refused with Kafka's words`(
        _ feature: String,
        _ level: Int16,
        _ kind: Int8,
        _ reason: String
    )
        async throws
    {
        let broker = try await TestBroker()
        let before = try await levels(broker)
        let response = try await update(broker, feature, level, kind)
        #expect(response.errorCode == .invalidUpdateVersion)
        #expect(
            response.errorMessage == "The update failed for all features since the following feature had an error: "
                + "Invalid update version \(level) for feature \(feature). \(reason)"
        )
        #expect(try await levels(broker) == before)
        try await broker.stop()
    }

    @Test func `the metadata goes back only as far as nothing is lost`() async throws {
        let broker = try await TestBroker()
        #expect(try await update(broker, "metadata.version", 22, 2).errorCode == .invalidUpdateVersion)
        let unsafe = try await update(broker, "metadata.version", 22, 3)
        #expect(unsafe.errorMessage?.hasSuffix("Unsafe metadata downgrade is not supported in this version.") == true)
        #expect(try await update(broker, "metadata.version", 25, 2).errorCode == .none)
        #expect(try await levels(broker)["metadata.version"] == 25)
        try await broker.stop()
    }
}
