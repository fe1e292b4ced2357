import Broker
import Foundation
import KafkaClient
import Logging

/// A broker on a free port with a folder of its own, for as long as `body` runs.
func withBroker(
    _ overrides: [String: String] = [:],
    _ body: (_ address: String) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-tools-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let properties = [
        "listeners": "PLAINTEXT://127.0.0.1:0", "log.dirs": folder.path, "node.id": "1",
        "offsets.topic.num.partitions": "4", "group.initial.rebalance.delay.ms": "0",
        "offsets.topic.replication.factor": "1", "log.segment.bytes": "1073741824",
        // The records of the recordings are old: retention must not come by, however slow the machine is.
        "log.initial.task.delay.ms": "86400000",
    ].merging(overrides) { $1 }
    var logger = Logger(label: "broker")
    logger.logLevel = .error
    let broker = BrokerServer(try BrokerConfiguration(properties: properties), logger: logger)
    try await broker.start()
    do {
        try await body("127.0.0.1:\(broker.port ?? 0)")
    } catch {
        try await broker.stop()
        throw error
    }
    try await broker.stop()
}
