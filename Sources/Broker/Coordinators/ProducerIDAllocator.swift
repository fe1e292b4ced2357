import Coordination
import Records
import Synchronization

/// Gives producer ids, and reserves a block of them in the metadata log when the last one is used up.
///
/// While a block is being reserved, those who need an id wait, at most one a connection's request in flight.
final class ProducerIDAllocator: Sendable {
    typealias Completion = @Sendable (Result<ProducerID, APIFailure>) -> Void

    private struct State {
        var block = ProducerIDBlock()
        /// Set while a block is being reserved.
        var waiting: [Completion]?
    }

    private let metadata: MetadataController
    private let state = Mutex(State())

    init(metadata: MetadataController) { self.metadata = metadata }

    /// Completes with an id that nobody else has; on this thread, or on the control loop.
    func allocate(_ completion: @escaping Completion) {
        enum Step {
            case done(ProducerID), wait, reserve
        }
        let step = state.withLock { state -> Step in
            if state.waiting == nil, case .id(let id) = state.block.next() { return .done(id) }
            if state.waiting != nil {
                state.waiting?.append(completion)
                return .wait
            }
            state.waiting = [completion]
            return .reserve
        }
        switch step {
        case .done(let id): completion(.success(id))
        case .wait: break
        case .reserve: metadata.allocateProducerIDs { [self] result in reserved(result) }
        }
    }

    private func reserved(_ result: Result<Range<Int64>, APIFailure>) {
        let waiting = state.withLock { state in
            if case .success(let block) = result { state.block.refill(with: block) }
            defer { state.waiting = nil }
            return state.waiting ?? []
        }
        for completion in waiting {
            switch result {
            case .success: allocate(completion)
            case .failure(let failure): completion(.failure(failure))
            }
        }
    }
}
