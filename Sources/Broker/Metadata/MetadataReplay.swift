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

/// A snapshot of the metadata beside the log: `<end offset>-<epoch>.checkpoint`, a run of batches that stand for every
/// record below the end offset.
struct MetadataSnapshot {
    let path: String
    let endOffset: Offset
    let epoch: LeaderEpoch
    let batches: Bytes

    /// The newest one in `directory`; nil where there is none.
    static func newest(in directory: String, fileSystem: any FileSystem) throws(StartupError) -> MetadataSnapshot? {
        do throws(FileSystemError) {
            var newest: (name: String, endOffset: Offset, epoch: LeaderEpoch)?
            for name in try fileSystem.list(directory) {
                guard let (endOffset, epoch) = parse(name) else { continue }
                if let found = newest, (found.endOffset, found.epoch) >= (endOffset, epoch) { continue }
                newest = (name, endOffset, epoch)
            }
            guard let newest else { return nil }
            let path = "\(directory)/\(newest.name)"
            guard let contents = try fileSystem.contents(of: path) else { return nil }
            return MetadataSnapshot(path: path, endOffset: newest.endOffset, epoch: newest.epoch, batches: contents)
        } catch { throw StartupError("\(error)") }
    }

    private static func parse(_ name: String) -> (Offset, LeaderEpoch)? {
        guard name.hasSuffix(".checkpoint") else { return nil }
        let parts = name.dropLast(".checkpoint".count).split(separator: "-")
        guard parts.count == 2, let offset = Int64(parts[0]), let epoch = Int32(parts[1]) else { return nil }
        return (Offset(offset), LeaderEpoch(epoch))
    }
}
