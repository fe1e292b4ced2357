import CommitLog
import KafkaProtocol
import Records

/// Applies batches of metadata records to an image, whether they come from the log or from a snapshot.
enum MetadataReplay {
    /// Answers the offset after the last batch. Errors: ``StartupError`` with `source` and the record's offset.
    @discardableResult
    static func apply(_ bytes: Bytes, source: String, to image: inout MetadataImage) throws(StartupError) -> Offset {
        var next = Offset(-1)
        var batches = RecordBatch.batches(in: bytes)
        do {
            while let batch = try batches.next() {
                next = batch.nextOffset
                guard !batch.isControl, batch.lastOffset >= image.nextOffset else { continue }
                for record in try batch.records() where record.offset >= image.nextOffset {
                    try apply(record, source: source, to: &image)
                }
            }
        } catch let error as StartupError {
            throw error
        } catch { throw StartupError("\(source): \(error)") }
        if next > image.nextOffset { image.nextOffset = next }
        return next
    }

    private static func apply(_ record: Record, source: String, to image: inout MetadataImage) throws(StartupError) {
        guard let value = record.value else { return }
        do {
            try image.apply(try AnyMetadataRecord.decode(value).record)
        } catch let error as WireError {
            // Records of kinds that came after this release change nothing that it knows of.
            if case .unknownRecord = error.kind { return }
            throw StartupError("\(source) at offset \(record.offset): \(error)")
        } catch { throw StartupError("\(source) at offset \(record.offset): \(error)") }
    }
}
