/// How a field is read and written, in Swift.
extension FieldSchema {
    /// Swift that reads the field; `minimumSize` is that of an array's element.
    func decodeExpression(minimumSize: Int) -> String {
        let quoted = "\"\(name)\""
        let nullable = nullArgument("reader")
        if isArray {
            let method = nullable == nil ? "array" : "nullableArray"
            return "try reader.\(method)(\(quoted), minimumSize: \(minimumSize)\(nullable ?? ""))"
        }
        switch element {
        case .structure: return "try reader.\(nullable == nil ? "structure" : "nullableStructure")(\(quoted))"
        case .word(let word):
            let method = word.wire.rawValue
            guard let nullable else {
                let read = "reader.\(method)(\(quoted))"
                return word.isWrapped ? "try \(word.swiftType)(\(read))" : "try \(read)"
            }
            let read = "try reader.nullable\(method.capitalizedFirst)(\(quoted)\(nullable))"
            return word.isWrapped ? "\(read).map(\(word.swiftType).init(rawValue:))" : read
        }
    }

    /// Swift that writes the field.
    var encodeStatement: String {
        let quoted = "\"\(name)\""
        let nullable = nullArgument("writer")
        if isArray {
            let method = nullable == nil ? "array" : "nullableArray"
            return "try writer.\(method)(\(quoted), \(swiftName)\(nullable ?? ""))"
        }
        switch element {
        case .structure:
            return "try writer.\(nullable == nil ? "structure" : "nullableStructure")(\(quoted), \(swiftName))"
        case .word(let word):
            let method = word.wire.rawValue
            guard let nullable else {
                let value = word.isWrapped ? "\(swiftName).rawValue" : swiftName
                return word.hasLength ? "try writer.\(method)(\(quoted), \(value))" : "writer.\(method)(\(value))"
            }
            let value = word.isWrapped ? "\(swiftName)?.rawValue" : swiftName
            return "try writer.nullable\(method.capitalizedFirst)(\(quoted), \(value)\(nullable))"
        }
    }

    /// Nil for a field that is never null; empty where it always may be.
    private func nullArgument(_ codec: String) -> String? {
        guard let nullable else { return nil }
        guard let condition = nullable.condition("\(codec).version", known: versions) else { return "" }
        return ", when: \(condition)"
    }

    /// The fewest bytes that the field takes at `version`.
    func minimumSize(at version: Int, in message: MessageSchema) -> Int {
        if tag != nil || !versions.contains(version) { return 0 }
        let flexible = message.isFlexible(version)
        if isArray { return flexible ? 1 : 4 }
        switch element {
        case .word(let word): return word.minimumSize(flexible: flexible)
        case .structure(let name):
            return nullable == nil ? message.structure(named: name)?.minimumSize(at: version, in: message) ?? 0 : 1
        }
    }

    /// The fewest bytes that an element of the array takes at any version that has the field.
    func minimumElementSize(in message: MessageSchema) -> Int {
        let sizes = (versions.first...versions.last).map { version in
            switch element {
            case .word(let word): word.minimumSize(flexible: message.isFlexible(version))
            case .structure(let name): message.structure(named: name)?.minimumSize(at: version, in: message) ?? 0
            }
        }
        return max(sizes.min() ?? 0, 1)
    }
}

extension StructSchema {
    /// The fewest bytes that the struct takes at `version`.
    func minimumSize(at version: Int, in message: MessageSchema) -> Int {
        fields.reduce(message.isFlexible(version) ? 1 : 0) { $0 + $1.minimumSize(at: version, in: message) }
    }
}

extension String {
    /// `topicName` as `TopicName`.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// `TopicName` as `topicName`.
    var uncapitalizedFirst: String { prefix(1).lowercased() + dropFirst() }
}
