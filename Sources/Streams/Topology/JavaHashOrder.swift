/// The order in which Java's `HashMap` and `HashSet` give out what was put in: by bucket, and in a bucket as it came.
///
/// It shows in the description of a topology and in the order of a suppression's changelog, so it is part of the format.
struct JavaHashOrder {
    /// How many buckets there are: a power of two that doubles when they are three quarters full, and never shrinks.
    private(set) var buckets = 16

    /// Java's `String.hashCode`.
    static func hash(_ text: String) -> UInt32 { text.utf16.reduce(0) { $0 &* 31 &+ UInt32($1) } }

    /// Java's `Arrays.hashCode` of bytes, which are signed there.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.reduce(1) { $0 &* 31 &+ UInt32(bitPattern: Int32(Int8(bitPattern: $1))) }
    }

    /// The order of a table of `HashMap`'s own size.
    init() {}

    /// The order of a set that was made of a collection of that many elements.
    init(copying count: Int) {
        while buckets < Int(Float(count) / 0.75) + 1 { buckets *= 2 }
    }

    /// Makes room for that many elements.
    mutating func reserve(_ count: Int) {
        while count * 4 > buckets * 3 { buckets *= 2 }
    }

    /// The elements, given in the order in which they were put in, in the order in which they come out.
    func sorted<Element>(_ elements: [Element], by hash: (Element) -> UInt32) -> [Element] {
        elements.enumerated()
            .map { (bucket: bucket(hash($0.element)), place: $0.offset, element: $0.element) }
            .sorted { ($0.bucket, $0.place) < ($1.bucket, $1.place) }
            .map(\.element)
    }

    private func bucket(_ hash: UInt32) -> Int { Int(hash ^ hash >> 16) & (buckets - 1) }
}
