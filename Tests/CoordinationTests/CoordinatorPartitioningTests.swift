import Records
import Testing

@testable import Coordination

@Suite struct CoordinatorPartitioningTests {
    /// Values of `String.hashCode` as the Java documentation's formula gives them.
    @Test(
        arguments: [
            ("", 0), ("a", 97), ("hello", 99_162_322), ("connect-cluster", 1_440_343_063),
            ("polygenelubricants", Int32.min),
            ("gruppe-ä", 673_522_898), ("😀", 1_772_899),
        ] as [(String, Int32)]
    )
    func `the hash of a string is Java's`(text: String, hash: Int32) {
        #expect(CoordinatorPartitioning.javaHash(text) == hash)
    }

    @Test func `the smallest hash maps to partition 0`() {
        #expect(CoordinatorPartitioning.partition(of: "polygenelubricants", partitionCount: 50) == 0)
    }

    @Test func `a group's partition is the hash modulo the count`() {
        #expect(CoordinatorPartitioning.partition(of: "hello", partitionCount: 50) == 22)
        #expect(CoordinatorPartitioning.partition(of: "hello", partitionCount: 1) == 0)
    }
}
