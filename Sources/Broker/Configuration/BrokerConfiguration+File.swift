#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension BrokerConfiguration {
    /// Reads a properties file in the syntax of Kafka's `server.properties`; `overrides` win over what stands in it.
    ///
    /// Errors: ``BrokerConfigurationError``, also when the file cannot be read.
    public init(file path: String, overrides: [String: String] = [:]) throws(BrokerConfigurationError) {
        var properties: [String: String] = [:]
        for (key, value) in PropertiesFile.parse(try BrokerConfiguration.read(path)) { properties[key] = value }
        properties.merge(overrides) { _, override in override }
        try self.init(properties: properties)
    }

    private static func read(_ path: String) throws(BrokerConfigurationError) -> String {
        guard let file = fopen(path, "r") else { throw unreadable(path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        guard ferror(file) == 0 else { throw unreadable(path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unreadable(_ path: String) -> BrokerConfigurationError {
        BrokerConfigurationError(
            name: "(properties file)",
            value: path,
            reason: "It cannot be read: \(String(cString: strerror(errno)))"
        )
    }
}
