import Records

/// An input record as a partition queue shows it: key and value in their batch, valid while it is at the queue's head.
struct RawRecord {
    /// Nil for null.
    var key: UnsafeRawBufferPointer? {
        get { keyPlace.baseAddress == nil ? nil : keyPlace }
        set { keyPlace = newValue ?? UnsafeRawBufferPointer(start: nil, count: 0) }
    }
    /// Nil for null.
    var value: UnsafeRawBufferPointer? {
        get { valuePlace.baseAddress == nil ? nil : valuePlace }
        set { valuePlace = newValue ?? UnsafeRawBufferPointer(start: nil, count: 0) }
    }
    // Not optional, whose tag of one byte is slow to read back just after it was written.
    private var keyPlace = UnsafeRawBufferPointer(start: nil, count: 0)
    private var valuePlace = UnsafeRawBufferPointer(start: nil, count: 0)
    /// What the source's timestamp extractor said.
    var timestamp = Timestamp.none
    var offset = Offset(-1)
    var headers: [Header] = []
}

/// A source of one task: takes its raw records.
@usableFromInline
struct SourceEntry {
    @usableFromInline let name: String
    /// Decodes the record and takes it through all operators below.
    ///
    /// It takes the parts one by one, which travel in registers; the pointers are valid only during the call.
    @usableFromInline let process: Process
    /// Reads the record's time; nil where that is the timestamp it bears.
    let extractor: ((RecordView, Timestamp) throws -> Timestamp)?

    @usableFromInline typealias Process = (
        _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?, _ timestamp: Timestamp
    ) throws -> Void

    @usableFromInline
    init(
        name: String,
        extractor: ((RecordView, Timestamp) throws -> Timestamp)?,
        process: @escaping Process
    ) {
        self.name = name
        self.extractor = extractor
        self.process = process
    }
}
