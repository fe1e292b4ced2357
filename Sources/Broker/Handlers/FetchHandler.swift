import CommitLog
import KafkaProtocol
import Records

/// Fetch (1), versions 4 to 18.
///
/// Reads batches up to the high watermark, or to the last stable offset for readers of committed records, who also
/// learn which transactions were aborted. Waits up to `max_wait_ms` for `min_bytes`; a waiting fetch costs nothing
/// meanwhile. Topic ids from version 13 on (KIP-516), leader epochs from version 9 on (KIP-320). The first batch found
/// is answered whole even where it exceeds the limits (KIP-74). What is large goes out as a region of the segment's
/// file.
///
/// Sessions (KIP-227) are refused: every answer has session id 0, so clients send full fetches. Followers are refused:
/// this broker has none.
struct FetchHandler: RequestHandler {
    private let reader: FetchReader

    init(_ core: BrokerCore) { reader = FetchReader(core) }

    func handle(_ request: FetchRequest, _ context: RequestContext, _ reply: Reply<FetchResponse>) {
        if let code = sessionError(request) { return reply.send(FetchResponse(errorCode: code)) }
        let result = reader.read(request, context)
        guard !result.mustAnswer(request) else { return reply.send(result.response) }
        WaitingFetch(request, context, reply, reader).begin(after: result)
    }

    /// Only a session that this broker made could be named, and it makes none.
    private func sessionError(_ request: FetchRequest) -> ErrorCode? {
        if request.sessionId != 0 { return request.sessionEpoch == -1 ? nil : .fetchSessionIdNotFound }
        return request.sessionEpoch > 0 ? .invalidFetchSessionEpoch : nil
    }
}
