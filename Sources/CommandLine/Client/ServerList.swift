/// The hosts of `host:port,host:port`, as `--bootstrap-server` takes them.
enum ServerList {
    /// Nil where any part is not a host and a port.
    static func hosts(_ text: String) -> [String]? {
        var hosts: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let server = part.filter { !$0.isWhitespace }
            guard let colon = server.lastIndex(of: ":"), UInt16(server[server.index(after: colon)...]) != nil else {
                return nil
            }
            let host = server[..<colon].filter { $0 != "[" && $0 != "]" }
            guard !host.isEmpty else { return nil }
            hosts.append(host)
        }
        return hosts
    }
}
