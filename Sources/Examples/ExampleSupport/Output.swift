#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Lines for the person at the terminal, at once, even through a pipe.
enum Output {
    static func line(_ text: String) { put(text, 1) }
    static func error(_ text: String) { put(text, 2) }

    private static func put(_ text: String, _ descriptor: Int32) {
        var rest = Array("\(text)\n".utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
