/// An address of `listeners` or `advertised.listeners`: `NAME://host:port`, the host perhaps in brackets or empty.
struct ListenerAddress: Hashable, Sendable, CustomStringConvertible {
    let name: ListenerName
    /// Empty stands for every interface.
    let host: String
    /// 0 lets the system choose.
    let port: UInt16

    init(name: ListenerName, host: String, port: UInt16) {
        self.name = name
        self.host = host
        self.port = port
    }

    /// Nil where `text` is no such address.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let name = text[..<scheme.lowerBound].trimmingWhitespace()
        let rest = text[scheme.upperBound...]
        guard !name.isEmpty, let colon = rest.lastIndex(of: ":") else { return nil }
        guard let port = UInt16(rest[rest.index(after: colon)...].trimmingWhitespace()) else { return nil }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.init(name: ListenerName(name.uppercased()), host: String(host), port: port)
    }

    var description: String {
        host.contains(":") ? "\(name)://[\(host)]:\(port)" : "\(name)://\(host):\(port)"
    }
}

extension StringProtocol {
    /// Where `other` first stands in this text.
    fileprivate func firstRange(of other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
