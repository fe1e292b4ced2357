import KafkaProtocol
import Records
import Synchronization

/// A produce whose records are in the log and not committed yet: answered when the last of them is.
final class UncommittedProduce: Sendable {
    /// One partition's share, and its place in the answer.
    struct Part: Sendable {
        let partition: Partition
        /// The offset after the last record.
        let end: Offset
        let topic: Int
        let index: Int
    }

    private struct State {
        var response: ProduceResponse
        var missing: Int
    }

    private let reply: Reply<ProduceResponse>
    private let state: Mutex<State>

    private init(_ parts: [Part], _ response: ProduceResponse, _ reply: Reply<ProduceResponse>) {
        self.reply = reply
        state = Mutex(State(response: response, missing: parts.count))
    }

    /// Sends `response` once every part is committed; with the error of those that cannot be.
    static func wait(_ parts: [Part], _ response: ProduceResponse, _ reply: Reply<ProduceResponse>) {
        let produce = UncommittedProduce(parts, response, reply)
        for part in parts {
            part.partition.whenCommitted(upTo: part.end) { failure in produce.settle(part, failure) }
        }
    }

    private func settle(_ part: Part, _ failure: PartitionError?) {
        let finished: ProduceResponse? = state.withLock { state in
            if let failure {
                let index = state.response.responses[part.topic].partitionResponses[part.index].index
                state.response.responses[part.topic].partitionResponses[part.index] = .init(
                    index: index,
                    errorCode: failure.errorCode,
                    baseOffset: -1,
                    errorMessage: failure.message
                )
            }
            state.missing -= 1
            return state.missing == 0 ? state.response : nil
        }
        if let finished { reply.send(finished) }
    }
}
