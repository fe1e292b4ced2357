import Records

/// The versions of one key, latest first: what a versioned store keeps for it.
///
/// | bytes of a version | what |
/// |---|---|
/// | 8 | the time from which it counts, big endian; it counts until the next later version does |
/// | 4 | length of the value; -1 for a removal |
/// | n | the value |
///
/// Invariant: times fall strictly.
struct VersionHistory {
    struct Version {
        let from: Int64
        let value: [UInt8]?
    }

    private(set) var versions: [Version] = []

    init() {}

    /// Errors: ``ProcessorStateException`` for bytes that are not of this form.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        var position = 0
        while position < bytes.count {
            guard bytes.count - position >= 12 else { throw VersionHistory.damaged }
            let from = Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self))
            let count = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: position + 8, as: Int32.self)))
            position += 12
            guard count >= -1, count <= bytes.count - position else { throw VersionHistory.damaged }
            let end = position + max(count, 0)
            versions.append(Version(from: from, value: count < 0 ? nil : [UInt8](bytes[position..<end])))
            position = end
        }
    }

    private static var damaged: ProcessorStateException {
        ProcessorStateException("the versions of a key are damaged. Delete the store's folder: it is rebuilt")
    }

    func write(to buffer: inout RawBuffer) {
        for version in versions {
            buffer.append(int64: version.from)
            buffer.append(int32: version.value.map { Int32(clamping: $0.count) } ?? -1)
            version.value?.withUnsafeBytes { buffer.append($0) }
        }
    }

    /// Adds a version, in place of one of the same time; gives the time of the next later version, nil where it is the latest.
    mutating func insert(_ value: [UInt8]?, from time: Int64) -> Int64? {
        let place = versions.firstIndex { $0.from <= time } ?? versions.count
        let version = Version(from: time, value: value)
        if place < versions.count, versions[place].from == time {
            if place == 0, value == nil, versions[0].value != nil, versions.count == 1 || versions[1].value == nil {
                // The latest row, removed at its own time: Kafka Streams knows of it by the end of the row before, if any.
                versions.removeFirst()
                return nil
            }
            versions[place] = version
        } else {
            versions.insert(version, at: place)
        }
        return place == 0 ? nil : versions[place - 1].from
    }

    /// Removes what nobody who asks for `horizon` or later would see.
    mutating func trim(before horizon: Int64) {
        let kept = versions.indices.filter { $0 == 0 || versions[$0 - 1].from > horizon }
        versions = kept.map { versions[$0] }
        if versions.count == 1, versions[0].value == nil, versions[0].from < horizon { versions = [] }
    }

    /// The version that counts at `time`, and until when it does; nil where there is none, or a removal.
    func version(at time: Int64) -> (version: Version, until: Int64?)? {
        guard let place = versions.firstIndex(where: { $0.from <= time }), versions[place].value != nil else {
            return nil
        }
        return (versions[place], place == 0 ? nil : versions[place - 1].from)
    }

    /// The versions that count at some time from `earliest` to `latest`, earliest first, each with the time until which it
    /// does; removals are left out.
    func versions(
        from earliest: Int64,
        to latest: Int64
    ) -> [(version: (from: Int64, value: [UInt8]), until: Int64?)] {
        versions.indices.reversed().compactMap { place in
            let version = versions[place]
            let until = place == 0 ? nil : versions[place - 1].from
            guard let value = version.value, version.from <= latest, until.map({ $0 > earliest }) ?? true else {
                return nil
            }
            return ((version.from, value), until)
        }
    }
}
