import Records

/// What is fuzzed: code that meets bytes that anybody may have made. Coverage-guided by `make fuzz`, and with a seeded mutator
/// in the tests.
enum FuzzTarget: String, CaseIterable {
    /// A stream of bytes that is cut into frames.
    case frames
    /// A frame: the header of a request, and its body.
    case requests
    /// Any message of the protocol, and the records of internal topics.
    case messages
    /// A record batch that is read, and appended to a log.
    case batches
    /// The files of a partition's directory.
    case logs

    /// Runs the code on `input`. A trap is a finding, and so is an error from here: a promise that does not hold.
    func run(_ input: Bytes) throws(BrokenPromise) {
        switch self {
        case .frames: try FrameFuzz.run(input)
        case .requests: try RequestFuzz.run(input)
        case .messages: try MessageFuzz.run(input)
        case .batches: try BatchFuzz.run(input)
        case .logs: try LogFuzz.run(input)
        }
    }
}

/// The code under test did not trap, but did what it promises not to do.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func check(_ holds: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
        guard holds else { throw BrokenPromise(promise()) }
    }
}

/// Takes an input apart from its start; what is missing at the end is zero.
struct InputCursor {
    private let bytes: Bytes
    private var position = 0

    init(_ bytes: Bytes) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() -> UInt8 {
        guard !isAtEnd else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() -> Int { Int(byte()) << 8 | Int(byte()) }

    mutating func slice(_ count: Int) -> Bytes {
        let end = min(position + count, bytes.count)
        defer { position = end }
        return bytes[position..<end]
    }

    mutating func rest() -> Bytes { slice(bytes.count) }
}
