import KafkaProtocol
import Logging
import NIOCore
import Records

extension Consumer {
    /// Commits the positions where commits are automatic, gives up all partitions with the listener's callback, leaves
    /// the group where `group.instance.id` is not set, and stops. At most `timeout` passes, callbacks apart.
    ///
    /// Errors: what the listener threw; the consumer is closed all the same.
    public func close(timeout: Duration = .seconds(30)) async throws(KafkaError) {
        guard startsClosing() else { return }
        if let offsets = offsetsToCommit() {
            let result: Result<Void, KafkaError> = await withCheckedContinuation { continuation in
                finalCommit(offsets, timeout) { continuation.resume(returning: .success(())) }
            }
            _ = result
        }
        let failure = giveUp()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            finish(timeout) { continuation.resume() }
        }
        if let failure { throw failure }
    }

    /// The synchronous form, not for event loops.
    public func closeBlocking(timeout: Duration = .seconds(30)) throws(KafkaError) {
        try mayBlock()
        guard startsClosing() else { return }
        if let offsets = offsetsToCommit() {
            let committed = BlockingSignal()
            finalCommit(offsets, timeout) { committed.signal() }
            _ = committed.wait(timeout + .seconds(1))
        }
        let failure = giveUp()
        let finished = BlockingSignal()
        finish(timeout) { finished.signal() }
        _ = finished.wait(timeout + .seconds(1))
        if let failure { throw failure }
    }

    /// False where it is closed already.
    private func startsClosing() -> Bool {
        shell.monitor.withLock { state in
            defer { state.isPolling = true }
            return !state.isClosed
        }
    }

    private func offsetsToCommit() -> [TopicPartition: OffsetAndMetadata]? {
        guard configuration.commitsAutomatically else { return nil }
        return shell.monitor.withLock { $0.subscription.positions }
    }

    private func finalCommit(
        _ offsets: [TopicPartition: OffsetAndMetadata],
        _ timeout: Duration,
        _ completion: @escaping @Sendable () -> Void
    ) {
        shell.commit(offsets, deadline: client.eventLoop.now + TimeAmount(timeout)) { [client] error in
            if let error { client.logger.warning("committing before closing: \(error)") }
            completion()
        }
    }

    private func giveUp() -> KafkaError? {
        guard configuration.leavesGroupOnClose else { return nil }
        do {
            try shell.giveUpToLeave()
            return nil
        } catch {
            return error
        }
    }

    private func finish(_ timeout: Duration, _ completion: @escaping @Sendable () -> Void) {
        let tells = configuration.leavesGroupOnClose
        let leaving = shell.monitor.withLock { state -> GroupMembership.Directive? in
            state.membership?.leave("the consumer is being closed", tells: tells)
            let leaving = state.membership?.outbox.last
            state.membership?.outbox = []
            state.subscription.unsubscribe()
            state.isClosed = true
            return leaving
        }
        shell.changed()
        let once = OneShot(completion)
        if let groupID = configuration.groupID, case .leave(let generation, let reason) = leaving {
            client.eventLoop.scheduleTask(in: TimeAmount(timeout)) { once.fire() }
            shell.leave(groupID, generation, reason) { once.fire() }
        } else {
            once.fire()
        }
    }
}
