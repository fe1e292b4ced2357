import Synchronization

/// Codec contexts that wait for their next use: making one costs more than compressing a batch with it.
///
/// Holds at most ``limit`` that are idle; further ones are freed when given back.
final class ContextPool: Sendable {
    /// As many as threads are likely to compress at the same moment.
    private static let limit = 8

    private struct Idle: @unchecked Sendable {
        var contexts = [OpaquePointer]()
    }

    private let idle = Mutex(Idle())
    private let make: @Sendable () -> OpaquePointer?
    private let free: @Sendable (OpaquePointer) -> Void

    init(make: @escaping @Sendable () -> OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Void) {
        self.make = make
        self.free = free
    }

    /// An idle context or a new one; nil when there is no memory for one.
    func take() -> OpaquePointer? {
        let address = idle.withLock { $0.contexts.popLast().map { UInt(bitPattern: $0) } }
        return address.flatMap { OpaquePointer(bitPattern: $0) } ?? make()
    }

    /// Keeps `context`, which must be ready for its next use.
    func giveBack(_ context: OpaquePointer) {
        let address = UInt(bitPattern: context)
        let kept = idle.withLock { idle in
            guard idle.contexts.count < ContextPool.limit, let context = OpaquePointer(bitPattern: address) else {
                return false
            }
            idle.contexts.append(context)
            return true
        }
        if !kept { free(context) }
    }

    /// Frees `context`, which may be in any state.
    func discard(_ context: OpaquePointer) { free(context) }
}
