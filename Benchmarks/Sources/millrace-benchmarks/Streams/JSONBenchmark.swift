import Foundation
import Records
import Streams

/// Reads and writes a value of 53 bytes as JSON by `Codable`, against Foundation's coders.
struct JSONBenchmark: Benchmark {
    let name = "json"
    let summary = "a value as JSON by Codable, against Foundation's coders"

    struct Order: JSONRecord {
        var id: String
        var customer: String
        var amount: Double
        var count: Int
    }

    func run(_ session: Session) async throws {
        let order = Order(id: "a17", customer: "han", amount: 12.5, count: 3)
        let serde = Order.serde
        let bytes = try serde.bytes(of: order) ?? []
        let (decoder, encoder) = (JSONDecoder(), JSONEncoder())
        let repeats = 50_000
        func rounds(_ body: () throws -> Int) rethrows -> Int {
            var sum = 0
            for _ in 0..<repeats { sum &+= try body() }
            return sum > 0 ? repeats : 0
        }
        try await session.compare("read \(bytes.count) bytes", per: "value", budget: 0.5) { _ in
            try rounds { try bytes.withUnsafeBytes { try serde.deserialize($0).count } }
        } limit: { _ in
            try rounds { try bytes.withUnsafeBytes { try decoder.decode(Order.self, from: Data($0)).count } }
        }
        var buffer = RawBuffer(capacity: 256)
        try await session.compare("write \(bytes.count) bytes", per: "value", budget: 0.5) { _ in
            try rounds {
                buffer.reset()
                _ = try serde.serialize(order, &buffer)
                return buffer.count
            }
        } limit: { _ in
            try rounds { try encoder.encode(order).count }
        }
    }
}
