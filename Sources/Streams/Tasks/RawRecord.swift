import Records

/// An input record as a partition queue shows it: pointers into its batch, valid while it is at the queue's head.
@usableFromInline
struct RawRecord {
    @usableFromInline let view: RecordView
    /// What the source's timestamp extractor said.
    @usableFromInline let timestamp: Timestamp

    @usableFromInline
    init(view: RecordView, timestamp: Timestamp) {
        self.view = view
        self.timestamp = timestamp
    }
}

/// A source of one task: takes its raw records.
@usableFromInline
struct SourceEntry {
    @usableFromInline let name: String
    /// Decodes the record and takes it through all operators below.
    @usableFromInline let process: (RawRecord) throws -> Void
    /// Reads the record's time; nil where that is the timestamp it bears.
    let extractor: ((RecordView, Timestamp) throws -> Timestamp)?

    @usableFromInline
    init(
        name: String,
        extractor: ((RecordView, Timestamp) throws -> Timestamp)?,
        process: @escaping (RawRecord) throws -> Void
    ) {
        self.name = name
        self.extractor = extractor
        self.process = process
    }
}
