import Foundation

/// A properties file for as long as somebody refers to it.
final class TemporaryProperties {
    let path: String

    init(_ text: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).properties").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
