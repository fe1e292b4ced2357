import Records
import Testing

@testable import Streams

@Suite struct WindowedSerdeTests {
    private let window = Windowed("k", Window(start: 0x0102, end: Timestamp(0x0102 + 60_000)))
    private let start: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2]

    @Test func `the key of a time window is the key and the start`() throws {
        let serde = Serde<Windowed<String>>.timeWindowed(.string, size: .seconds(60))
        #expect(try serde.bytes(of: window) == Bytes([0x6B] + start))
        #expect(try serde.value(of: Bytes([0x6B] + start)) == window)
        #expect(throws: SerializationException.self) { try serde.value(of: [1, 2, 3]) }
    }

    @Test func `in a changelog it has a sequence number besides`() throws {
        let serde = Serde<Windowed<String>>.timeWindowedChangelog(.string, size: .seconds(60))
        #expect(try serde.bytes(of: window) == Bytes([0x6B] + start + [0, 0, 0, 0]))
        #expect(try serde.value(of: Bytes([0x6B] + start + [0, 0, 0, 7])) == window)
        #expect(throws: SerializationException.self) { try serde.value(of: Bytes(start)) }
    }

    @Test func `the key of a session is the key, the end and the start`() throws {
        let serde = Serde<Windowed<String>>.sessionWindowed(.string)
        let session = Windowed("k", Window(start: 0x0102, end: 0x0103))
        let bytes = Bytes([0x6B, 0, 0, 0, 0, 0, 0, 1, 3] + start)
        #expect(try serde.bytes(of: session) == bytes)
        #expect(try serde.value(of: bytes) == session)
        #expect(throws: SerializationException.self) { try serde.value(of: Bytes(start)) }
    }
}
