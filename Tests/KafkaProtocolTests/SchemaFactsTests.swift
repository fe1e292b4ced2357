import Foundation
import Testing

@testable import protocol_generator

/// Holds our schema against the facts of release 4.3.
@Suite struct SchemaFactsTests {
    @Test func `the schema says what the facts say`() throws {
        let schema = try SchemaFolder(url: Folders.schema).load()
        let messages = Dictionary(uniqueKeysWithValues: schema.messages.map { ($0.name, $0) })
        var unmet = Set(messages.keys)
        for line in TestData.lines("message-facts.jsonl") {
            let fact = try #require(TestData.object(line))
            let name = try #require(fact["name"] as? String)
            // The headers are written by hand; see RequestHeader and ResponseHeader.
            if fact["validVersions"] as? String == "none" || fact["type"] as? String == "header" { continue }
            let message = try #require(messages[name], "\(name) is missing")
            unmet.remove(name)
            var comparison = try FactComparison(fact, message)
            comparison.run()
            #expect(comparison.differences.isEmpty)
        }
        #expect(unmet.isEmpty, "not in the facts")
        #expect(messages.count == 249)
    }

    @Test func `the table of API keys says what the facts say`() throws {
        let schema = try SchemaFolder(url: Folders.schema).load()
        let rows = TestData.rows("apis.tsv")
        #expect(rows.count == schema.apiKeys.count)
        for (row, key) in zip(rows, schema.apiKeys) {
            let message = schema.messages.first { $0.kind == .request(api: key.name, key: key.key) }
            #expect(row[0] == "\(key.key)")
            #expect(row[1] == key.name)
            #expect(row[2] == "\(message?.versions.first ?? 0)")
            #expect(row[3] == "\(message?.versions.last ?? -1)")
            #expect(row[4] == "\(key.latestStable ?? -1)")
            #expect(row[5] == "[\(key.listeners.joined(separator: ", ").uppercased())]")
        }
    }

    @Test func `the table of error codes says what the facts say`() throws {
        let schema = try SchemaFolder(url: Folders.schema).load()
        let rows = TestData.rows("errors.tsv")
        #expect(rows.count == schema.errorCodes.count)
        for (row, error) in zip(rows, schema.errorCodes) {
            #expect(row == ["\(error.code)", error.name, "\(error.isRetriable)"])
        }
    }

    @Test func `generating again changes nothing`() throws {
        let schema = try SchemaFolder(url: Folders.schema).load()
        let contents = GeneratedFolder.contents(of: schema)
        let differences = try GeneratedFolder(url: Folders.generated).differences(from: contents)
        #expect(differences.isEmpty, "run `make generate`")
    }
}

/// The folders of the sources, found from this file.
enum Folders {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let schema = root.appendingPathComponent("Sources/KafkaProtocol/Schema")
    static let generated = root.appendingPathComponent("Sources/KafkaProtocol/Generated")
}
