import Records
import Testing

@Suite struct Murmur2Tests {
    @Test func `hash and partition are Java's for every vector`() throws {
        let lines = try TestData.lines("murmur2-vectors.tsv").dropFirst()
        #expect(lines.count > 100)
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let key = try Bytes(hex: fields[0])
            #expect(key.withUnsafeBytes { murmur2($0) } == Int32(fields[1]), "\(line)")
            for (count, field) in zip([3, 7, 100] as [Int32], fields[2...]) {
                #expect(PartitionIndex(forKey: key, of: count).rawValue == Int32(field), "\(line)")
            }
        }
    }
}
