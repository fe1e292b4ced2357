import KafkaProtocol
import NIOCore
import Records

extension Consumer {
    /// Gives what has arrived; waits up to `timeout` where nothing has.
    ///
    /// Rebalances make progress only here, and callbacks of listeners and assignors are called here. An empty array
    /// says that the time is up, or that ``wakeup()`` was called. Errors: those of the group and of positions that
    /// cannot be found, batches that are damaged, and what callbacks threw; poll may be called again after each.
    public func poll(timeout: Duration) async throws(KafkaError) -> [FetchedPartition] {
        try beginPolling()
        defer { endPolling() }
        let deadline = client.eventLoop.now + TimeAmount(timeout)
        while true {
            let ticket = shell.monitor.ticket
            switch try step() {
            case .deliver(let fetched):
                return fetched
            case .work(let work):
                try shell.perform(work)
            case .wait(let until):
                guard client.eventLoop.now < deadline, !Task.isCancelled else { return [] }
                await wait(since: ticket, until: min(deadline, until ?? deadline))
            }
        }
    }

    /// The synchronous form, for a thread with a loop of its own; not for event loops.
    ///
    /// Errors: as ``poll(timeout:)``, and a call on the client's event loop.
    public func pollBlocking(timeout: Duration) throws(KafkaError) -> [FetchedPartition] {
        try mayBlock()
        try beginPolling()
        defer { endPolling() }
        let deadline = client.eventLoop.now + TimeAmount(timeout)
        while true {
            let ticket = shell.monitor.ticket
            switch try step() {
            case .deliver(let fetched):
                return fetched
            case .work(let work):
                try shell.perform(work)
            case .wait(let until):
                let now = client.eventLoop.now
                guard now < deadline else { return [] }
                let left = min(deadline, until ?? deadline) - now
                shell.monitor.wait(since: ticket, timeout: .nanoseconds(max(0, left.nanoseconds)))
            }
        }
    }

    /// Makes the poll that waits, or the next one, return at once.
    public func wakeup() {
        shell.monitor.withLock { $0.isWokenUp = true }
        shell.monitor.signal()
    }

    private func step() throws(KafkaError) -> ConsumerState.Step {
        let now = client.eventLoop.now
        defer { shell.wake() }
        return try shell.monitor.withLock { state throws(KafkaError) in try state.step(now: now) }
    }

    func wait(since ticket: UInt64, until: NIODeadline) async {
        let promise = client.eventLoop.makePromise(of: Void.self)
        let once = OneShot { promise.succeed() }
        let timer = client.eventLoop.scheduleTask(deadline: until) { once.fire() }
        let waiter = shell.monitor.onChange(since: ticket) { once.fire() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                promise.futureResult.whenComplete { _ in continuation.resume() }
            }
        } onCancel: {
            once.fire()
        }
        timer.cancel()
        shell.monitor.forget(waiter)
    }

    private func beginPolling() throws(KafkaError) {
        try shell.monitor.withLock { state throws(KafkaError) in
            try state.throwIfClosed()
            guard !state.isPolling else {
                throw KafkaError(
                    .invalidRequest,
                    "The consumer is polled already, by another task or within a callback."
                )
            }
            state.isPolling = true
        }
    }

    private func endPolling() { shell.monitor.withLock { $0.isPolling = false } }

    func mayBlock() throws(KafkaError) {
        guard client.eventLoop.inEventLoop else { return }
        let message = "The call would block the client's event loop; make it on another thread."
        throw KafkaError(.invalidRequest, message)
    }
}
