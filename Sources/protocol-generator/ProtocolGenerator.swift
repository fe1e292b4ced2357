import Foundation

/// Writes the Swift of the protocol's messages from the schema.
///
/// `protocol-generator <schema folder> <output folder> [--check]`. With `--check` nothing is written; the exit code is 1,
/// and every file that differs is named, where the output is not what the schema says.
@main
struct ProtocolGenerator {
    static func main() {
        var arguments = CommandLine.arguments.dropFirst()
        let check = arguments.contains("--check")
        arguments.removeAll { $0 == "--check" }
        guard arguments.count == 2, let source = arguments.first, let target = arguments.last else {
            say("usage: protocol-generator <schema folder> <output folder> [--check]", exitCode: 2)
        }
        do {
            let schema = try SchemaFolder(url: URL(fileURLWithPath: source)).load()
            let contents = GeneratedFolder.contents(of: schema)
            let folder = GeneratedFolder(url: URL(fileURLWithPath: target))
            if check {
                let differences = try folder.differences(from: contents)
                guard differences.isEmpty else {
                    say(differences.map { "differs from the schema: \($0)" }.joined(separator: "\n"), exitCode: 1)
                }
                print("\(contents.count) files are as the schema says")
            } else {
                print("\(try folder.write(contents).count) of \(contents.count) files written")
            }
        } catch {
            say("\(error)", exitCode: 1)
        }
    }

    private static func say(_ text: String, exitCode: Int32) -> Never {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
        exit(exitCode)
    }
}
