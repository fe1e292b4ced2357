import Foundation
import KafkaClient
import Records

/// A record that the recording's helper produced. What it did within transactions is left out: our producer has none.
struct HelperRecord: Decodable {
    let topic: String
    let partition: Int32
    let timestamp: Int64
    let key: String?
    let value: String?
    let headers: [[String?]]?

    /// Produces the lines.
    static func produce(_ lines: String, _ address: String) async throws {
        guard !lines.contains("\"op\"") else { return }
        let client = KafkaClient(try ClientConfiguration(properties: ["bootstrap.servers": address]))
        let producer = try Producer(client)
        for line in lines.split(separator: "\n") {
            let record = try JSONDecoder().decode(HelperRecord.self, from: Data(line.utf8))
            try await producer.send(
                ProducerRecord(
                    topic: TopicName(record.topic),
                    partition: PartitionIndex(record.partition),
                    timestamp: Timestamp(record.timestamp),
                    key: record.key.map { Bytes(utf8: $0) },
                    value: record.value.map { Bytes(utf8: $0) },
                    headers: (record.headers ?? []).map { pair in
                        Header(key: (pair.first ?? nil) ?? "", value: (pair.last ?? nil).map { Bytes(utf8: $0) })
                    }
                )
            )
        }
        await producer.close()
        await client.close()
    }
}
