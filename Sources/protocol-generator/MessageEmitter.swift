/// Writes the Swift of a message: a struct with the structs within nested in it, each with fields, two initializers, and
/// its codec.
struct MessageEmitter {
    let message: MessageSchema

    func emit(_ code: inout CodeWriter) {
        code.documentation(message.documentation)
        code.block("public struct \(message.name): \(conformance)") { code in
            facts(&code)
            members(message.root, isRoot: true, &code)
            for structure in message.structs {
                code.line()
                code.documentation(structure.documentation.isEmpty ? summary(structure) : structure.documentation)
                code.block("public struct \(structure.name): WireStruct, Equatable, Sendable") { code in
                    members(structure, isRoot: false, &code)
                }
            }
        }
    }

    private var conformance: String {
        switch message.kind {
        case .request: "KafkaRequest, WireStruct"
        case .response: tellsThrottleTime ? "ThrottledResponse, WireStruct" : "KafkaResponse, WireStruct"
        case .metadata: "MetadataRecord, WireStruct"
        case .plain: "KafkaMessage, WireStruct"
        }
    }

    private var tellsThrottleTime: Bool { message.root.fields.contains { $0.swiftName == "throttleTimeMs" } }

    private func summary(_ structure: StructSchema) -> [String] {
        ["A `\(structure.name)` within `\(message.name)`, \(structure.versions.noun)."]
    }

    private func facts(_ code: inout CodeWriter) {
        switch message.kind {
        case .request(let api, _):
            code.line("public typealias Response = \(api)Response")
            code.line("public static var apiKey: APIKey { .\(api.uncapitalizedFirst) }")
        case .response(let api, _): code.line("public static var apiKey: APIKey { .\(api.uncapitalizedFirst) }")
        case .metadata(let key): code.line("public static var metadataKey: Int16 { \(key) }")
        case .plain: break
        }
        code.line("public static var messageName: String { \"\(message.name)\" }")
        let range = "\(message.versions.first)...\(message.versions.last)"
        code.line("public static var versions: ClosedRange<Int16> { \(range) }")
        code.line("public static func isFlexible(_ version: Int16) -> Bool { \(isFlexible) }")
        code.line()
    }

    private var isFlexible: String {
        guard let first = message.firstFlexible else { return "false" }
        return first <= message.versions.first ? "true" : "version >= \(first)"
    }

    private func members(_ structure: StructSchema, isRoot: Bool, _ code: inout CodeWriter) {
        for field in structure.fields {
            code.documentation(field.documentation)
            code.documentation([field.summary(within: structure.versions)])
            code.line("public var \(field.swiftName): \(field.swiftType) = \(field.swiftDefault)")
        }
        if hasTags(structure) {
            code.line("/// Tagged fields that this release does not know, as they came.")
            code.line("public var unknownTaggedFields: [TaggedField] = []")
        }
        initializers(structure, &code)
        CodecEmitter(message: message, structure: structure, hasTags: hasTags(structure), isPublic: isRoot).emit(&code)
    }

    private func hasTags(_ structure: StructSchema) -> Bool { message.isFlexible(structure.versions.last) }

    private func initializers(_ structure: StructSchema, _ code: inout CodeWriter) {
        code.line()
        code.line("/// All fields have their defaults.")
        code.line("public init() {}")
        guard let last = structure.fields.last else { return }
        code.line()
        code.line("/// Fields that are not given have their defaults.")
        code.line("public init(")
        code.indented { code in
            for field in structure.fields {
                let comma = field.name == last.name ? "" : ","
                code.line("\(field.swiftName): \(field.swiftType) = \(field.swiftDefault)\(comma)")
            }
        }
        code.block(")") { code in
            for field in structure.fields { code.line("self.\(field.name) = \(field.swiftName)") }
        }
    }
}
