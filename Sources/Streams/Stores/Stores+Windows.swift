import Records

extension Stores {
    /// A store of values by key and window: Kafka's `persistentWindowStore` and `inMemoryWindowStore`.
    ///
    /// `retention` says how long values are kept, at least the windows' size; `retainsDuplicates` whether each put is
    /// kept, also those of the same key and window.
    ///
    /// ```swift
    /// builder.addStateStore(
    ///     Stores.windowStore("views", .string, .int64, windowSize: .seconds(60), retention: .seconds(3600)))
    /// ```
    public static func windowStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        windowSize: Duration,
        retention: Duration,
        retainsDuplicates: Bool = false,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<WindowStore<Key, Value>> {
        windowStore(
            name,
            keySerde,
            valueSerde,
            windowSizeMs: windowSize.milliseconds,
            retentionMs: retention.milliseconds,
            segmentIntervalMs: nil,
            retainsDuplicates: retainsDuplicates,
            isTimestamped: false,
            in: storage,
            isCached: isCached,
            logging: logging
        )
    }

    /// A window store that keeps each value's time: Kafka's `persistentTimestampedWindowStore`.
    ///
    /// ```swift
    /// builder.addStateStore(
    ///     Stores.timestampedWindowStore("views", .string, .int64, windowSize: .seconds(60), retention: .seconds(600)))
    /// ```
    public static func timestampedWindowStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        windowSize: Duration,
        retention: Duration,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<TimestampedWindowStore<Key, Value>> {
        windowStore(
            name,
            keySerde,
            Serde.timestamped(valueSerde),
            windowSizeMs: windowSize.milliseconds,
            retentionMs: retention.milliseconds,
            segmentIntervalMs: nil,
            retainsDuplicates: false,
            isTimestamped: true,
            in: storage,
            isCached: isCached,
            logging: logging
        )
    }

    /// A store of values by key and session: Kafka's `persistentSessionStore` and `inMemorySessionStore`.
    ///
    /// ```swift
    /// builder.addStateStore(Stores.sessionStore("visits", .string, .int64, retention: .seconds(3600)))
    /// ```
    public static func sessionStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        retention: Duration,
        in storage: Storage = .disk,
        isCached: Bool = false,
        logging: StoreLogging = .enabled()
    ) -> StoreBuilder<SessionStore<Key, Value>> {
        let configuration = layer(name, storage, isTimestamped: false, isCached: isCached)
        let retentionMs = retention.milliseconds
        return StoreBuilder(
            name: name,
            in: storage,
            isCached: isCached,
            logging: logging,
            changelogKind: .windowed(retention: .milliseconds(retentionMs))
        ) {
            SessionStore(configuration, keySerde, valueSerde, retentionMs: retentionMs)
        }
    }

    /// - Parameter segmentIntervalMs: Nil for Kafka's; 1 for a store that is read by time more than by key.
    @usableFromInline
    static func windowStore<Key, Value>(
        _ name: String,
        _ keySerde: Serde<Key>,
        _ valueSerde: Serde<Value>,
        windowSizeMs: Int64,
        retentionMs: Int64,
        segmentIntervalMs: Int64?,
        retainsDuplicates: Bool,
        isTimestamped: Bool,
        isReadOnClose: Bool = false,
        in storage: Storage,
        isCached: Bool,
        logging: StoreLogging
    ) -> StoreBuilder<WindowStore<Key, Value>> {
        let configuration = layer(name, storage, isTimestamped: isTimestamped, isCached: isCached)
        return StoreBuilder(
            name: name,
            in: storage,
            isCached: isCached,
            logging: retainsDuplicates ? logging.deletingOnly : logging,
            changelogKind: .windowed(retention: .milliseconds(retentionMs))
        ) {
            WindowStore(
                configuration,
                keySerde,
                valueSerde,
                windowSizeMs: windowSizeMs,
                retentionMs: retentionMs,
                segmentIntervalMs: segmentIntervalMs ?? SegmentedStore.interval(forRetentionMs: retentionMs),
                retainsDuplicates: retainsDuplicates,
                isReadOnClose: isReadOnClose
            )
        }
    }
}

extension StoreLogging {
    /// For a store that keeps duplicates: no record replaces another, so that there is nothing to compact.
    fileprivate var deletingOnly: StoreLogging {
        guard case .enabled(let given) = self else { return self }
        return .enabled(topicConfiguration: given.merging(["cleanup.policy": "delete"]) { $1 })
    }
}
