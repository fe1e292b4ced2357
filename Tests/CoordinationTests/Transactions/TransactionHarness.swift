import Coordination
import Records
import Testing

/// Drives a shard as its shell does: appends what an event writes to a log in memory, replays it, and writes markers.
struct TransactionHarness {
    var shard: TransactionShard
    /// Every record so far; what a restart finds.
    private(set) var log: [TransactionRecord]
    /// Markers in the order in which they were written.
    private(set) var written: [(partition: TopicPartition, markers: TransactionMarkers)] = []
    var now: Int64
    var serverVersion = TransactionVersion.v2
    var nextProducerID: Int64 = 1000
    /// After so many appended records and markers the machine is gone; nil is never.
    var writesLeft: Int?

    struct Crash: Error {}

    init(
        _ log: [TransactionRecord] = [],
        now: Int64 = 1_000_000,
        configuration: TransactionConfiguration = TransactionConfiguration()
    ) {
        self.log = log
        self.now = now
        shard = TransactionShard(configuration: configuration)
        for record in log { shard.replay(record) }
        let outcome = shard.activate(at: Moment(wall: Timestamp(now), uptime: .milliseconds(now)))
        pendingMarkers = outcome.markers
    }

    /// Those that a restart finds to be missing, for ``writeMissingMarkers()``.
    private(set) var pendingMarkers: [TransactionMarkers]

    var moment: Moment { Moment(wall: Timestamp(now), uptime: .milliseconds(now)) }

    private mutating func write() throws {
        guard let left = writesLeft else { return }
        guard left > 0 else { throw Crash() }
        writesLeft = left - 1
    }

    mutating func settle<Answer>(_ outcome: TransactionOutcome<Answer>) throws -> Answer {
        for record in outcome.records {
            try write()
            log.append(record)
            shard.replay(record)
        }
        for markers in outcome.markers { try write(markers) }
        return outcome.answer
    }

    private mutating func write(_ markers: TransactionMarkers) throws {
        if markers.partitions.isEmpty { _ = try settle(shard.marked(markers, [], at: moment)) }
        for partition in markers.partitions.sorted() {
            try write()
            written.append((partition, markers))
            _ = try settle(shard.marked(markers, [partition], at: moment))
        }
    }

    mutating func writeMissingMarkers() throws {
        for markers in pendingMarkers { try write(markers) }
        pendingMarkers = []
    }

    /// Hands in a fresh producer id where the event asks for one.
    private mutating func run<Answer>(
        _ event: (TransactionShard, ProducerID?, Moment) throws(TransactionError) -> TransactionOutcome<Answer>
    ) throws -> Answer {
        do {
            return try settle(try event(shard, nil, moment))
        } catch TransactionError.producerIDNeeded {
            defer { nextProducerID += 1 }
            return try settle(try event(shard, ProducerID(nextProducerID), moment))
        }
    }

    mutating func initialise(
        _ id: TransactionalID = "t",
        expected: ProducerIdentity? = nil,
        timeout: Duration = .seconds(60)
    ) throws -> InitialisationAnswer {
        let version = serverVersion
        return try run { (shard, freshID, moment) throws(TransactionError) in
            let request = ProducerInitialisation(timeout: timeout, expected: expected)
            return try shard.initialise(id, request, version, freshID: freshID, at: moment)
        }
    }

    /// Begins a session and expects to get one.
    mutating func producer(_ id: TransactionalID = "t", expected: ProducerIdentity? = nil) throws -> ProducerIdentity {
        guard case .producer(let producer) = try initialise(id, expected: expected) else {
            throw TransactionError.concurrentTransactions
        }
        return producer
    }

    mutating func add(
        _ partitions: Set<TopicPartition>,
        by producer: ProducerIdentity,
        _ version: TransactionVersion = .v2,
        to id: TransactionalID = "t"
    ) throws {
        try run { (shard, _, moment) throws(TransactionError) in
            try shard.addPartitions(id, producer, partitions, version, at: moment)
        }
    }

    mutating func end(
        _ producer: ProducerIdentity,
        commits: Bool,
        _ version: TransactionVersion = .v2,
        of id: TransactionalID = "t"
    ) throws -> ProducerIdentity {
        try run { (shard, freshID, moment) throws(TransactionError) in
            let request = TransactionEnd(producer: producer, commits: commits, version: version)
            return try shard.end(id, request, freshID: freshID, at: moment)
        }
    }

    /// Lets `duration` pass and does what is due.
    mutating func pass(_ duration: Duration) throws {
        now += Int64(duration.components.seconds) * 1000
        let due = shard.tick(at: moment)
        let version = serverVersion
        for id in due.timedOut {
            try run { (shard, freshID, moment) throws(TransactionError) in
                try shard.abortTimedOut(id, version, freshID: freshID, at: moment)
            }
        }
        _ = try settle(shard.forget(due.expired, at: moment))
    }

    /// The machine as a restart finds it, from the bytes of the records that were written.
    func restarted() throws -> TransactionHarness {
        let found = try log.map { record in
            let (key, value) = try record.encoded(.v2)
            return try #require(try TransactionRecord.decode(key: key, value: value))
        }
        var other = TransactionHarness(found, now: now, configuration: shard.configuration)
        other.written = written
        other.nextProducerID = nextProducerID
        other.serverVersion = serverVersion
        return other
    }

    func state(_ id: TransactionalID = "t") -> TransactionState? { shard.metadata(of: id)?.state }
}

let orders = TopicPartition("orders", 0)
let bills = TopicPartition("bills", 3)

/// Expects that an event is refused with `error`, and changes nothing.
func expectRefusal<R>(
    _ error: TransactionError,
    _ harness: inout TransactionHarness,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ event: (inout TransactionHarness) throws -> R
) {
    let (records, metadata) = (harness.log.count, harness.shard.metadata(of: "t"))
    #expect(throws: error, sourceLocation: sourceLocation) { _ = try event(&harness) }
    #expect(harness.log.count == records, sourceLocation: sourceLocation)
    #expect(harness.shard.metadata(of: "t") == metadata, sourceLocation: sourceLocation)
}
