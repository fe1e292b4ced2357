import Foundation

/// The folder with the schema: `*.schema` at any depth, `APIKeys.table` and `ErrorCodes.table`.
struct SchemaFolder {
    let url: URL

    /// Reads all files, in the order of their names.
    func load() throws -> Schema {
        var schema = Schema()
        for path in try FileManager.default.subpathsOfDirectory(atPath: url.path).sorted() {
            let file = url.appendingPathComponent(path)
            switch file.pathExtension {
            case "schema":
                let messages = try SchemaParser(file: path).messages(String(contentsOf: file, encoding: .utf8))
                schema.files.append(SchemaFile(path: String(path.dropLast(".schema".count)), messages: messages))
            case "table": try table(path, String(contentsOf: file, encoding: .utf8), &schema)
            default: break
            }
        }
        return schema
    }

    private func table(_ path: String, _ text: String, _ schema: inout Schema) throws {
        switch path {
        case "APIKeys.table": schema.apiKeys = try TableParser(file: path).apiKeys(text)
        case "ErrorCodes.table": schema.errorCodes = try TableParser(file: path).errorCodes(text)
        default: throw SchemaError(file: path, line: 1, problem: "an unknown table")
        }
    }
}
