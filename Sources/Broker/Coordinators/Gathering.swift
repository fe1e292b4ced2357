import Synchronization

/// Puts the parts of an answer together that come from several places, in any order and on any thread, and completes
/// when the last one is there.
final class Gathering<Part: Sendable>: Sendable {
    private struct State {
        var parts: [Part?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let completion: @Sendable ([Part]) -> Void

    /// Waits for `count` parts, which is at least 1.
    init(count: Int, _ completion: @escaping @Sendable ([Part]) -> Void) {
        state = Mutex(State(parts: Array(repeating: nil, count: count), missing: count))
        self.completion = completion
    }

    /// Puts the part of this index in its place; each index once.
    func put(_ part: Part, at index: Int) {
        let complete = state.withLock { state -> [Part]? in
            guard state.parts[index] == nil else { return nil }
            state.parts[index] = part
            state.missing -= 1
            return state.missing == 0 ? state.parts.compactMap { $0 } : nil
        }
        if let complete { completion(complete) }
    }
}
