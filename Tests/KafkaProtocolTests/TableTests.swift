import Testing

@testable import KafkaProtocol

@Suite struct TableTests {
    @Test func `API keys are those of the protocol`() {
        let rows = TestData.rows("apis.tsv")
        #expect(APIKey.all.count == rows.count)
        for (row, key) in zip(rows, APIKey.all) {
            #expect(row[0] == "\(key.rawValue)")
            #expect(row[1] == key.name)
            #expect(Int16(row[3]) == key.versions?.upperBound ?? -1)
            #expect(key.versions == nil || row[2] == "\(key.versions?.lowerBound ?? -1)")
            #expect(Int16(row[4]) == key.latestStableVersion ?? -1)
            #expect(key.listeners.contains(.broker) == row[5].contains("BROKER"))
            #expect(key.listeners.contains(.controller) == row[5].contains("CONTROLLER"))
        }
        #expect(APIKey.produce.rawValue == 0)
        #expect(APIKey(999).name == "999")
        #expect(APIKey(999).versions == nil)
        #expect(APIKey(-1).listeners == [])
    }

    @Test func `requests and responses agree with the table`() throws {
        for type in KafkaMessages.all {
            guard let request = type as? any KafkaRequest.Type else { continue }
            try check(request)
        }
    }

    private func check<T: KafkaRequest>(_ type: T.Type) throws {
        #expect(T.apiKey.versions == T.versions)
        #expect(T.Response.versions == T.versions)
        #expect(T.Response.apiKey == T.apiKey)
        #expect(T.messageName == "\(T.apiKey.name)Request")
        for version in T.versions {
            #expect(T.apiKey.isFlexible(version) == T.isFlexible(version))
            #expect(T.Response.isFlexible(version) == T.isFlexible(version))
        }
    }

    @Test func `error codes are those of the protocol`() {
        let rows = TestData.rows("errors.tsv")
        #expect(ErrorCode.all.count == rows.count)
        for (row, code) in zip(rows, ErrorCode.all) {
            #expect(row == ["\(code.rawValue)", code.name, "\(code.isRetriable)"])
            #expect(code.message.hasSuffix("."))
        }
        #expect(ErrorCode.unknownServerError.rawValue == -1)
        #expect(ErrorCode.offsetOutOfRange.rawValue == 1)
        #expect(ErrorCode(999).name == "999")
        #expect(!ErrorCode(-2).isRetriable)
    }
}
