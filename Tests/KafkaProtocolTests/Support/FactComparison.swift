@testable import protocol_generator

/// Compares a message of the schema with the facts about it.
struct FactComparison {
    private let fact: [String: Any]
    private let message: MessageSchema
    private let versions: VersionRange
    private let sharedStructs: [String: [String: Any]]
    private(set) var differences: [String] = []

    init(_ fact: [String: Any], _ message: MessageSchema) throws {
        self.fact = fact
        self.message = message
        versions = VersionRange(fact["validVersions"] as? String ?? "", top: 0) ?? VersionRange(first: 0, last: -1)
        let shared = fact["commonStructs"] as? [[String: Any]] ?? []
        sharedStructs = Dictionary(uniqueKeysWithValues: shared.map { ($0["name"] as? String ?? "", $0) })
    }

    mutating func run() {
        expect("versions", message.versions, versions)
        let flexible = (fact["flexibleVersions"] as? String).flatMap { VersionRange($0, top: versions.last) }
        expect("flexible", message.firstFlexible, flexible.map { max($0.first, versions.first) })
        expect("kind", message.kind, factKind)
        compare(message.root, fact["fields"] as? [[String: Any]] ?? [], within: versions, at: message.name)
        for (name, shared) in sharedStructs {
            guard let structure = message.structure(named: name), let range = range(shared["versions"], versions) else {
                differences.append("\(message.name): struct \(name) is missing")
                continue
            }
            compare(structure, shared["fields"] as? [[String: Any]] ?? [], within: range, at: "\(message.name)/\(name)")
        }
    }

    private var factKind: MessageSchema.Kind {
        let key = fact["apiKey"] as? Int ?? -1
        let name = fact["name"] as? String ?? ""
        return switch fact["type"] as? String {
        case "request": .request(api: String(name.dropLast("Request".count)), key: key)
        case "response": .response(api: String(name.dropLast("Response".count)), key: key)
        case "metadata": .metadata(key: key)
        default: .plain
        }
    }

    private func range(_ text: Any?, _ outer: VersionRange) -> VersionRange? {
        guard let text = text as? String, let range = VersionRange(text, top: max(versions.last, 99)) else {
            return nil
        }
        let first = max(range.first, outer.first)
        let last = min(range.last, outer.last)
        return first <= last ? VersionRange(first: first, last: last) : nil
    }

    private mutating func compare(
        _ structure: StructSchema,
        _ facts: [[String: Any]],
        within outer: VersionRange,
        at path: String
    ) {
        expect("\(path) versions", structure.versions, outer)
        // A field whose versions are all gone is in the facts, but has no place on any wire.
        let present = facts.filter { range($0["versions"] ?? $0["taggedVersions"], outer) != nil }
        guard present.count == structure.fields.count else {
            return differences.append("\(path): \(structure.fields.count) fields, not \(present.count)")
        }
        for (field, fact) in zip(structure.fields, present) {
            guard let versions = range(fact["versions"] ?? fact["taggedVersions"], outer) else { continue }
            compare(field, fact, versions, at: "\(path).\(field.name)")
        }
    }

    private mutating func compare(
        _ field: FieldSchema,
        _ fact: [String: Any],
        _ versions: VersionRange,
        at path: String
    ) {
        expect(path, field.name, (fact["name"] as? String ?? "").uncapitalizedFirst)
        expect("\(path) versions", field.versions, versions)
        expect("\(path) nullable", field.nullable, range(fact["nullableVersions"], versions))
        expect("\(path) tag", field.tag, (fact["tag"]).flatMap { Int("\($0)") })
        if field.tag != nil { expect("\(path) tagged", range(fact["taggedVersions"], versions), versions) }
        expect("\(path) ignorable", field.isIgnorable, isTrue(fact["ignorable"]))
        expect("\(path) default", field.defaultValue, defaultValue(fact))
        let type = fact["type"] as? String ?? ""
        let element = type.hasPrefix("[]") ? String(type.dropFirst(2)) : type
        expect("\(path) array", field.isArray, type.hasPrefix("[]"))
        switch field.element {
        case .word(let word):
            expect("\(path) type", word.wire.rawValue, element)
            if let entity = fact["entityType"] as? String { expect("\(path) entity", word.rawValue, entity) }
        case .structure(let name):
            expect("\(path) type", name, element)
            guard let fields = fact["fields"] as? [[String: Any]] else { return }
            guard let structure = message.structure(named: name) else {
                return differences.append("\(path): struct \(name) is missing")
            }
            compare(structure, fields, within: versions, at: path)
        }
    }

    private func isTrue(_ value: Any?) -> Bool { value as? Bool ?? (value as? String == "true") }

    /// The facts spell out defaults that every field has anyway.
    private func defaultValue(_ fact: [String: Any]) -> String? {
        guard let value = fact["default"] else { return nil }
        if let flag = value as? Bool, fact["type"] as? String == "bool" { return flag ? "true" : nil }
        let text = "\(value)"
        return switch text {
        case "", "0", "false": nil
        case "<null>": "null"
        default: text
        }
    }

    private mutating func expect<T: Equatable>(_ what: String, _ ours: T, _ theirs: T) {
        if ours != theirs { differences.append("\(what): \(ours) is not \(theirs)") }
    }
}
