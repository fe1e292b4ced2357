#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Asks the system for a host's addresses.
enum HostResolution {
    /// Whether the name, or the address in digits, leads anywhere. Digits are not looked up.
    static func isResolvable(_ host: String) -> Bool {
        var addresses: UnsafeMutablePointer<addrinfo>?
        defer { if let addresses { freeaddrinfo(addresses) } }
        return getaddrinfo(host, nil, nil, &addresses) == 0
    }
}
