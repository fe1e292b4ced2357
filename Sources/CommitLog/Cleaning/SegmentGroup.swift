import Records

/// Which neighbouring segments become one: as many as surely fit into one segment and its indexes.
enum SegmentGroup {
    /// The index after the last segment of the group that begins at `start`.
    static func end(
        from start: Int,
        _ segments: [LogSegment],
        below endOffset: Offset,
        firstUncleanableOffset: Offset,
        _ configuration: LogConfiguration
    ) throws(LogError) -> Int {
        func sizes(_ segment: LogSegment) throws(LogError) -> (log: Int, offsets: Int, times: Int) {
            try LogError.wrap { () throws(FileSystemError) in
                (
                    segment.sizeInBytes, try segment.offsetIndex.file.count() * OffsetIndex.entrySize,
                    try segment.timeIndex.file.count() * TimeIndex.entrySize
                )
            }
        }
        var total = try sizes(segments[start])
        var end = start + 1
        while end < segments.count, segments[end].baseOffset < endOffset {
            let next = try sizes(segments[end])
            let following = end + 1 < segments.count ? segments[end + 1].baseOffset : firstUncleanableOffset
            guard total.log + next.log <= configuration.segmentBytes,
                total.offsets + next.offsets <= configuration.segmentIndexBytes,
                total.times + next.times <= configuration.segmentIndexBytes,
                next.log == 0 || following - 1 - segments[start].baseOffset <= Int64(Int32.max)
            else { break }
            total = (total.log + next.log, total.offsets + next.offsets, total.times + next.times)
            end += 1
        }
        return end
    }
}
