import CommitLog
import KafkaProtocol
import Records
import Synchronization
import Transport

/// Fetch (1), versions 4 to 18.
///
/// Reads batches up to the high watermark, or to the last stable offset for readers of committed records, who also
/// learn which transactions were aborted. Waits up to `max_wait_ms` for `min_bytes`; a waiting fetch costs nothing
/// meanwhile. Sessions (KIP-227), topic ids from version 13 on (KIP-516), leader epochs from version 9 on (KIP-320). The
/// first batch found is answered whole even where it exceeds the limits (KIP-74). What is large goes out as a region of
/// the segment's file.
///
/// A client over its quota is answered without data (KIP-219). Followers are refused: this broker has none.
final class FetchHandler: RequestHandler {
    private let reader: FetchReader
    private let environment: BrokerEnvironment
    private let quotas: ClientQuotas
    private let sessions: Mutex<FetchSessionCache>

    init(_ core: BrokerCore) {
        reader = FetchReader(core)
        environment = core.environment
        quotas = core.quotas
        let slots = core.configuration.integer("max.incremental.fetch.session.cache.slots")
        sessions = Mutex(FetchSessionCache(capacity: Int(slots)))
    }

    func handle(_ request: FetchRequest, _ context: RequestContext, _ reply: Reply<FetchResponse>) {
        let (kind, targets) = begin(request, context.version)
        if case .refused(let code) = kind { return reply.send(FetchResponse(errorCode: code)) }
        let isFromFollower = request.isFromFollower(context.version)
        let job = FetchJob(
            request: request,
            context: context,
            kind: kind,
            targets: targets,
            allowedBytes: isFromFollower ? nil : quotas.burst(of: .consumerByteRate, context)
        )
        let result = reader.read(job)
        guard !result.mustAnswer(job) else { return answer(job, result, reply) }
        WaitingFetch(job, reader) { [self] result in answer(job, result, reply) }.begin(after: result)
    }

    private func begin(_ request: FetchRequest, _ version: Int16) -> (FetchSessionKind, [FetchTarget]) {
        // Most clients that have no session want none, and need no lock.
        if request.sessionId == 0, request.sessionEpoch == -1 { return (.sessionless, request.targets) }
        return sessions.withLock { $0.begin(request, version: version, at: environment.now()) }
    }

    /// Sends what was read, unless it is more than the client's quota allows: then nothing, and for how long it has to wait.
    private func answer(_ job: FetchJob, _ result: FetchResult, _ reply: Reply<FetchResponse>) {
        let size = Double(result.sizeInBytes)
        let delay = job.isFromFollower ? 0 : quotas.admit(size, to: .consumerByteRate, job.context)
        guard delay > 0 else { return reply.send(response(to: job, result)) }
        job.context.connection.pause(for: .milliseconds(Int64(delay)))
        var response = sessions.withLock { $0.throttled(job.kind) }
        response.throttleTimeMs = delay
        reply.send(response)
    }

    private func response(to job: FetchJob, _ result: FetchResult) -> FetchResponse {
        var response: FetchResponse
        if job.kind == .sessionless {
            response = FetchResponse(result.answers, sessionID: 0)
        } else {
            response = sessions.withLock { sessions in
                var random = environment.randomNumbers()
                return sessions.finish(
                    job.kind,
                    targets: job.targets,
                    answers: result.answers,
                    version: job.context.version,
                    isFromFollower: job.isFromFollower,
                    at: environment.now(),
                    using: &random
                )
            }
        }
        if result.mustTell, job.context.version >= 16 { reader.addLeaders(to: &response, job.context) }
        return response
    }
}
