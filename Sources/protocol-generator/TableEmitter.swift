/// Writes the tables: API keys, error codes, and what there is of messages.
struct TableEmitter {
    let schema: Schema

    func apiKeys(_ code: inout CodeWriter) {
        code.block("extension APIKey") { code in
            for row in schema.apiKeys {
                code.line("/// \(row.name), key \(row.key).")
                code.line("public static var \(row.name.uncapitalizedFirst): APIKey { APIKey(\(row.key)) }")
            }
            code.line()
            code.line("/// By number.")
            code.line("static let table: [Facts] = [")
            code.indented { code in
                for row in schema.apiKeys { code.line(facts(row)) }
            }
            code.line("]")
        }
    }

    private func facts(_ row: APIKeyRow) -> String {
        let request = schema.messages.first { $0.kind == .request(api: row.name, key: row.key) }
        let versions = request?.versions ?? VersionRange(first: 0, last: -1)
        let flexible = request?.firstFlexible.map { "\($0)" } ?? ".max"
        let listeners = row.listeners.map { ".\($0)" }.joined(separator: ", ")
        return "Facts(name: \"\(row.name)\", oldest: \(versions.first), latest: \(versions.last), "
            + "latestStable: \(row.latestStable ?? -1), firstFlexible: \(flexible), listeners: [\(listeners)]),"
    }

    func errorCodes(_ code: inout CodeWriter) {
        code.block("extension ErrorCode") { code in
            for row in schema.errorCodes {
                code.line("/// \(row.message)")
                code.line("public static var \(camelCase(row.name)): ErrorCode { ErrorCode(\(row.code)) }")
            }
            code.line()
            code.line("/// By number, from -1.")
            code.line("static let table: [Facts] = [")
            code.indented { code in
                for row in schema.errorCodes {
                    let facts = "name: \"\(row.name)\", isRetriable: \(row.isRetriable), message: \"\(row.message)\""
                    code.line("Facts(\(facts)),")
                }
            }
            code.line("]")
        }
    }

    /// `OFFSET_OUT_OF_RANGE` as `offsetOutOfRange`.
    private func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_").map { $0.lowercased() }
        return words.dropFirst().reduce(words.first ?? "") { $0 + $1.capitalizedFirst }
    }

    func registry(_ code: inout CodeWriter) {
        code.line("/// What there is of messages, for tools that meet any of them.")
        code.block("public enum KafkaMessages") { code in
            code.line("/// Every message of the schema, in the order of its files.")
            code.line("public static let all: [any KafkaMessage.Type] = [")
            code.indented { code in
                for message in schema.messages { code.line("\(message.name).self,") }
            }
            code.line("]")
        }
    }

    func metadataRecords(_ code: inout CodeWriter) {
        let records: [(key: Int, name: String)] = schema.messages.compactMap { message in
            guard case .metadata(let key) = message.kind else { return nil }
            return (key, message.name)
        }.sorted { $0.key < $1.key }
        code.line("/// A record of `__cluster_metadata` of any type, for those who replay them.")
        code.block("public enum AnyMetadataRecord: Equatable, Sendable") { code in
            for record in records { code.line("case \(caseName(record.name))(\(record.name))") }
            code.line()
            code.line("/// Reads a record in its frame, and tells its version.")
            code.line("///")
            code.line("/// Errors: `unknownRecord`, `unsupportedVersion`, and all of decoding.")
            let result = "(record: AnyMetadataRecord, version: Int16)"
            code.block("public static func decode(_ bytes: Bytes) throws(WireError) -> \(result)") { code in
                code.line("let frame = try MetadataFrame(bytes)")
                code.line("switch frame.key {")
                for record in records {
                    code.line("case \(record.key): return (.\(caseName(record.name))(try frame.body()), frame.version)")
                }
                code.line("default: throw frame.unknown")
                code.line("}")
            }
            code.line()
            code.line("/// The record itself.")
            code.block("public var record: any MetadataRecord") { code in
                code.line("switch self {")
                for record in records { code.line("case .\(caseName(record.name))(let record): record") }
                code.line("}")
            }
        }
    }

    private func caseName(_ name: String) -> String {
        name.replacing("Record", with: "").uncapitalizedFirst
    }
}
