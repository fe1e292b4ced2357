import Records
import Testing

@Suite struct ControlRecordTests {
    @Test func `every type reads back`() throws {
        let body: Bytes = [0, 0, 0, 0, 0, 1, 1, 0]
        let kinds: [ControlRecord.Kind] = [
            .abort(coordinatorEpoch: -1), .commit(coordinatorEpoch: 12), .leaderChange(body), .snapshotHeader(body),
            .snapshotFooter(body), .kraftVersion(body), .kraftVoters(body), .unknown(type: 99, value: body),
        ]
        for kind in kinds {
            let record = ControlRecord(kind)
            let bytes = try record.batch(baseOffset: 5, timestamp: 1, partitionLeaderEpoch: 2)
            let batch = try RecordBatch(bytes)
            try batch.validateCRC()
            #expect(batch.isControl)
            #expect(batch.isTransactional == record.endsTransaction)
            #expect(try ControlRecord(batch) == record)
        }
    }

    @Test func `short keys, short markers and negative versions are refused`() {
        let pairs: [(Bytes?, Bytes?)] = [
            (nil, nil), ([0, 0, 0], []), ([0xff, 0xff, 0, 1], [0, 0, 0, 0, 0, 1]), ([0, 0, 0, 1], nil),
            ([0, 0, 0, 0], [0, 0, 0, 0, 0]), ([0, 0, 0, 0], [0x80, 0, 0, 0, 0, 1]),
        ]
        for (key, value) in pairs {
            #expect(throws: RecordsError.self) { try ControlRecord(key: key, value: value) }
        }
    }

    @Test func `a later version reads as the first`() throws {
        let record = try ControlRecord(key: [0, 9, 0, 1], value: [0, 9, 0, 0, 0, 5, 1, 2])
        #expect(record.kind == .commit(coordinatorEpoch: 5))
    }

    @Test func `a data batch is no control batch`() throws {
        let batch = try RecordBatch(try RecordBatchTests.batch(["a"]))
        #expect(throws: RecordsError.self) { try ControlRecord(batch) }
    }
}
