/// Reads `APIKeys.table` and `ErrorCodes.table`: a row a line, columns parted by spaces.
struct TableParser {
    let file: String

    func apiKeys(_ text: String) throws -> [APIKeyRow] {
        try SchemaLine.tree(text, file: file).enumerated().map { index, line in
            guard line.words.count >= 3, let key = Int(line.words[0]), key == index else {
                throw SchemaError(file: file, line: line.number, problem: "key \(index), name and version are needed")
            }
            return APIKeyRow(
                key: key,
                name: line.words[1],
                latestStable: Int(line.words[2]),
                listeners: Array(line.words.dropFirst(3))
            )
        }
    }

    func errorCodes(_ text: String) throws -> [ErrorCodeRow] {
        try SchemaLine.tree(text, file: file).enumerated().map { index, line in
            guard line.words.count >= 4, let code = Int(line.words[0]), code == index - 1 else {
                throw SchemaError(file: file, line: line.number, problem: "code \(index - 1), name and text are needed")
            }
            return ErrorCodeRow(
                code: code,
                name: line.words[1],
                isRetriable: line.words[2] == "retriable",
                message: line.words.dropFirst(3).joined(separator: " ")
            )
        }
    }
}
