/// What the schema folder says, as the parser read it.
struct Schema {
    var files: [SchemaFile] = []
    var apiKeys: [APIKeyRow] = []
    var errorCodes: [ErrorCodeRow] = []

    var messages: [MessageSchema] { files.flatMap(\.messages) }
}

/// One file, which becomes one Swift file.
struct SchemaFile {
    /// Relative to the schema folder, without extension: `APIs/Produce`.
    let path: String
    let messages: [MessageSchema]
}

/// A message: the body of a request or response, or a record.
struct MessageSchema {
    enum Kind: Equatable {
        case request(api: String, key: Int)
        case response(api: String, key: Int)
        case metadata(key: Int)
        case plain
    }

    let name: String
    let kind: Kind
    let documentation: [String]
    let versions: VersionRange
    /// Nil where no version is flexible.
    let firstFlexible: Int?
    let root: StructSchema
    /// The structs within, in the order in which they are first met.
    let structs: [StructSchema]

    func structure(named name: String) -> StructSchema? { structs.first { $0.name == name } }

    func isFlexible(_ version: Int) -> Bool {
        guard let firstFlexible else { return false }
        return version >= firstFlexible
    }
}

/// The fields of a message, or of a struct within it.
struct StructSchema {
    let name: String
    let documentation: [String]
    let versions: VersionRange
    let fields: [FieldSchema]
}

/// A field.
struct FieldSchema {
    enum Element: Equatable {
        case word(WireWord)
        case structure(String)
    }

    let name: String
    let documentation: [String]
    let element: Element
    let isArray: Bool
    let versions: VersionRange
    /// Where null is allowed; nil where it never is.
    let nullable: VersionRange?
    let tag: Int?
    /// As written, `null` included; nil where the schema names none.
    let defaultValue: String?
    /// Whether a version without the field may drop a value that is set.
    let isIgnorable: Bool
}

/// A row of `APIKeys.table`.
struct APIKeyRow {
    let key: Int
    let name: String
    let latestStable: Int?
    let listeners: [String]
}

/// A row of `ErrorCodes.table`.
struct ErrorCodeRow {
    let code: Int
    let name: String
    let isRetriable: Bool
    let message: String
}

/// What is wrong in the schema, and where.
struct SchemaError: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let problem: String

    var description: String { "\(file):\(line): \(problem)" }
}
