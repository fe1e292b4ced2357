import KafkaClient
import Logging
import Records
import Synchronization

extension KafkaStreams {
    // MARK: Starting

    /// Loads the global stores, then starts the stream threads; returns when they have begun to join the group.
    ///
    /// Errors: ``StreamsException`` when it was started before, ``ProcessorStateException`` when another instance has the
    /// state folder, ``MissingSourceTopicException`` for a global store's topic. The instance is in state `ERROR` then.
    public func start() async throws {
        guard transition(to: .rebalancing, from: .created) else {
            throw StreamsException("The instance was started before; it is in state \(state)")
        }
        do {
            var generator = SystemRandomNumberGenerator()
            let processID = try stateDirectory.initializeProcessID(using: &generator)
            let context = try await makeContext(processID)
            try await startGlobalThread(context)
            for _ in 0..<configuration.threadCount { try startThread(context) }
        } catch {
            fail(error)
            await ended()
            throw error
        }
    }

    private func makeContext(_ processID: KafkaUUID) async throws -> InstanceContext {
        let prefix = configuration.clientID ?? "\(configuration.applicationID)-\(processID.hyphenated)"
        let admin = KafkaClient(
            try configuration.client(.admin, id: "\(prefix)-admin"),
            transport: transport,
            logger: logger
        )
        let context = InstanceContext(
            topology: topology,
            configuration: configuration,
            processID: processID,
            stateDirectory: stateDirectory,
            transport: transport,
            internalTopics: InternalTopics(
                admin: AdminClient(admin),
                replicationFactor: configuration.replicationFactor,
                properties: configuration.topicProperties,
                additionalRetention: configuration.windowStoreChangelogAdditionalRetention,
                logger: logger
            ),
            globalStores: topology.subTopologies.contains(where: \.isGlobal) ? GlobalStores() : nil,
            logger: logger,
            now: now
        )
        core.withLock { core in
            core.context = context
            core.admin = admin
        }
        return context
    }

    /// Returns when all global stores are loaded.
    private func startGlobalThread(_ context: InstanceContext) async throws {
        guard let stores = context.globalStores else { return }
        let control = ThreadControl(name: "\(context.clientID)-GlobalStreamThread", number: 0)
        core.withLock { core in
            core.global = control
            core.liveThreads += 1
        }
        try await withCheckedThrowingContinuation { (loaded: CheckedContinuation<Void, any Error>) in
            do {
                try NativeThread.start(control.name) { [self] in
                    runGlobalThread(context, stores, control, loaded)
                }
            } catch {
                threadEnded()
                loaded.resume(throwing: error)
            }
        }
    }

    private func runGlobalThread(
        _ context: InstanceContext,
        _ stores: GlobalStores,
        _ control: ThreadControl,
        _ loaded: CheckedContinuation<Void, any Error>
    ) {
        defer { threadEnded() }
        let thread: GlobalThread
        do {
            guard let made = try GlobalThread(context, stores, control) else { return loaded.resume() }
            thread = made
        } catch {
            return loaded.resume(throwing: error)
        }
        do {
            try thread.load()
        } catch {
            thread.close(isClean: false)
            return loaded.resume(throwing: error)
        }
        loaded.resume()
        do {
            try thread.follow()
            thread.close(isClean: !control.isAbandoned)
        } catch {
            logger.error("the global thread ends: \(error)")
            thread.close(isClean: false)
            fail(error)
        }
    }

    /// Starts a stream thread; nothing happens where the instance is ending.
    private func startThread(_ context: InstanceContext) throws {
        let control: ThreadControl? = core.withLock { core in
            guard !core.state.isEnding else { return nil }
            core.lastThreadNumber += 1
            core.liveThreads += 1
            let control = ThreadControl(
                name: "\(context.clientID)-StreamThread-\(core.lastThreadNumber)",
                number: core.lastThreadNumber
            )
            core.threads.append(control)
            return control
        }
        guard let control else { return }
        do {
            try NativeThread.start(control.name) { [self] in run(control, context) }
        } catch {
            _ = control.set(.dead)
            threadEnded()
            throw error
        }
    }

    private func run(_ control: ThreadControl, _ context: InstanceContext) {
        defer { threadEnded() }
        let thread: StreamThread
        do {
            thread = try StreamThread(context, control) { [weak self] in self?.threadChanged() }
        } catch {
            _ = control.set(.dead)
            return fail(error)
        }
        do {
            try thread.run()
            thread.close(isClean: !control.isAbandoned)
            _ = control.set(.dead)
        } catch {
            let response = response(to: error)
            if response == .shutdownApplication { thread.askAllToEnd() }
            thread.close(isClean: false)
            _ = control.set(.dead)
            guard response == .replaceThread else { return fail(error) }
            do {
                try startThread(context)
            } catch {
                fail(error)
            }
        }
    }

    /// What to do about the error that ends a thread.
    private func response(to error: any Error) -> StreamThreadExceptionResponse {
        logger.error("a stream thread ends: \(error)")
        // What another instance has asked for is not asked again.
        if error is ShutdownRequestedException { return .shutdownClient }
        return core.withLock { $0.handler }(error)
    }

    // MARK: Closing

    /// Commits, closes all tasks, leaves the group and ends the threads; waits for it up to `timeout`.
    ///
    /// - Returns: False when the time ran out; the instance goes on closing then.
    @discardableResult
    public func close(timeout: Duration = .seconds(60)) async -> Bool {
        if transition(to: .pendingShutdown, from: .created) {
            await ended()
            return true
        }
        beginShutdown()
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                for await state in states where state.isTerminal { return true }
                return state.isTerminal
            }
            group.addTask {
                do {
                    try await Task.sleep(for: timeout)
                } catch {
                    return true
                }
                return false
            }
            let isClosed = await group.next() ?? false
            group.cancelAll()
            return isClosed
        }
    }

    /// Begins to close, without waiting.
    func beginShutdown() {
        let threads: [ThreadControl] = core.withLock { core in
            guard core.state == .rebalancing || core.state == .running else { return [] }
            core.set(.pendingShutdown)
            return core.threads + (core.global.map { [$0] } ?? [])
        }
        for thread in threads { thread.stop() }
        endIfThreadless()
    }

    /// Ends at once, without commits, as a crash would; the group is left, so that tests need not wait for a session
    /// to time out.
    func abandon() async {
        let threads = core.withLock { core in core.threads + (core.global.map { [$0] } ?? []) }
        for thread in threads { thread.abandon() }
        await close()
    }

    /// Begins to end because of an error.
    func fail(_ error: any Error) {
        let threads: [ThreadControl] = core.withLock { core in
            guard !core.state.isEnding else { return [] }
            core.failure = core.failure ?? error
            core.set(.pendingError)
            return core.threads + (core.global.map { [$0] } ?? [])
        }
        for thread in threads { thread.stop() }
    }

    // MARK: Threads' news

    private func threadEnded() {
        core.withLock { $0.liveThreads -= 1 }
        threadChanged()
        endIfThreadless()
    }

    private func endIfThreadless() {
        let isLast = core.withLock {
            $0.liveThreads == 0 && ($0.state == .pendingShutdown || $0.state == .pendingError)
        }
        if isLast { Task { await ended() } }
    }

    /// Everything is closed: the last state, and the folder is free.
    private func ended() async {
        let admin = core.withLock { core in
            defer { core.admin = nil }
            return core.admin
        }
        await admin?.close()
        guard core.withLock({ $0.liveThreads == 0 }) else { return }
        stateDirectory.close()
        // Streams are finished without the lock: they tell their observers that they end, which takes it.
        let (stateObservers, metricsObservers) = core.withLock { core in
            switch core.state {
            case .pendingShutdown: core.set(.notRunning)
            case .pendingError: core.set(.error)
            case .created, .rebalancing, .running, .notRunning, .error: break
            }
            defer { (core.stateObservers, core.metricsObservers) = ([:], [:]) }
            return (core.stateObservers, core.metricsObservers)
        }
        for observer in stateObservers.values { observer.finish() }
        for observer in metricsObservers.values { observer.finish() }
    }

    private func threadChanged() {
        core.withLock { core in
            core.export?.update(core.threads + (core.global.map { [$0] } ?? []))
            if !core.metricsObservers.isEmpty {
                let metrics = StreamsMetrics(core.threads, global: core.global)
                for observer in core.metricsObservers.values { observer.yield(metrics) }
            }
            guard !core.state.isEnding, core.state != .created else { return }
            let states = core.threads.map(\.state).filter { $0 != .dead }
            let isRunning = !states.isEmpty && states.allSatisfy { $0 == .running }
            core.set(isRunning ? .running : .rebalancing)
        }
    }

    private func transition(to next: StreamsState, from state: StreamsState) -> Bool {
        core.withLock { core in
            guard core.state == state else { return false }
            core.set(next)
            return true
        }
    }
}

extension KafkaStreams.Core {
    /// Moves on where that is allowed, and tells who watches.
    mutating func set(_ next: StreamsState) {
        guard state != next, state.allows(next) else { return }
        state = next
        for observer in stateObservers.values { observer.yield(next) }
    }
}
