import Records
import RocksDB
import Streams

/// Restores a store on disk from the batches of its changelog, against a loop that puts the same records into WriteBatches.
struct RestoreBenchmark: Benchmark {
    let name = "restore"
    let summary = "restore a store from its changelog, against a WriteBatch loop over the same bytes"

    func run(_ session: Session) async throws {
        let workspace = try Workspace(in: session.options.folder)
        var numbers = Array(0..<300_000)
        var random = RandomNumbers()
        numbers.shuffle(using: &random)
        let batches = try SampleRecords.batches(
            numbers.map(SampleRecords.stringKey),
            value: Array(SampleRecords.text(100).utf8)
        )
        try await session.compare("key-value store", per: "record", budget: 1.5) { watch in
            let store = Stores.keyValueStore("store", Serde<Bytes>.bytes, Serde<Bytes>.bytes).makeStore()
            return try restore(store, batches, workspace, watch)
        } limit: { watch in
            try loop(batches, workspace, watch)
        }
        try await session.compare("timestamped key-value store", per: "record", budget: 1.5) { watch in
            let store = Stores.timestampedKeyValueStore("store", Serde<Bytes>.bytes, Serde<Bytes>.bytes).makeStore()
            return try restore(store, batches, workspace, watch)
        } limit: { watch in
            try loop(batches, workspace, watch)
        }
    }

    private func restore(
        _ store: any StateStore,
        _ batches: [RecordBatch],
        _ workspace: Workspace,
        _ watch: Stopwatch
    ) throws -> Int {
        let folder = try workspace.folder("restore")
        try store.open(RestoreContext(taskDirectory: folder))
        watch.start()
        try store.restore(batches)
        try store.finishRestore(batches.last?.nextOffset ?? .zero)
        watch.stop()
        try store.close()
        Workspace.remove(folder)
        return batches.reduce(0) { $0 + Int($1.recordCount) }
    }

    private func loop(_ batches: [RecordBatch], _ workspace: Workspace, _ watch: Stopwatch) throws -> Int {
        let folder = try workspace.folder("raw")
        let database = try RocksDatabase(path: "\(folder)/database")
        let batch = RocksWriteBatch()
        var bytes = 0
        watch.start()
        let count = try forEachRecord(of: batches) { record in
            guard let key = record.keyBytes, let value = record.valueBytes else { return }
            batch.put(key, value, in: database.defaultFamily)
            bytes += key.count + value.count
            if bytes > 4 << 20 {
                try database.write(batch)
                batch.clear()
                bytes = 0
            }
        }
        try database.write(batch)
        watch.stop()
        database.close()
        Workspace.remove(folder)
        return count
    }
}

/// A task that only restores.
private final class RestoreContext: StateStoreContext {
    let taskID = TaskID(subTopology: 0, partition: 0)
    let taskDirectory: String
    let cacheBudget = CacheBudget()
    var recordContext = ProcessorRecordContext.none
    var timestamp: Timestamp { recordContext.timestamp }

    init(taskDirectory: String) { self.taskDirectory = taskDirectory }

    func changelog(of store: String) -> StoreChangelog? {
        StoreChangelog(topicPartition: TopicPartition("changelog", 0)) { _, _, _ in }
    }
}
