import Synchronization

/// What a connection's client said in ApiVersions that it is. See KIP-511.
final class ClientSoftware: Sendable {
    private let told = Mutex((name: "unknown", version: "unknown"))

    var value: (name: String, version: String) { told.withLock { $0 } }

    func set(name: String, version: String) { told.withLock { $0 = (name, version) } }
}
