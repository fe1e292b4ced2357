import CLimits
import Glibc
import Records

/// A blocking connection that sends a frame and reads the answer, the same for our servers and for those in C.
final class FrameSocket {
    private let connection: Int32
    private let answer: UnsafeMutableRawBufferPointer

    init(port: Int, answerCapacity: Int) throws {
        let connection = limits_connect(UInt16(port))
        guard connection >= 0 else {
            throw BenchmarkError("connecting to port \(port): \(String(cString: strerror(-connection)))")
        }
        self.connection = connection
        answer = .allocate(byteCount: answerCapacity, alignment: 16)
    }

    deinit {
        close(connection)
        answer.deallocate()
    }

    /// Sends a frame that has its length in front; the size of the answer.
    @discardableResult
    func exchange(_ frame: [UInt8]) throws -> Int {
        let count = limits_exchange(connection, frame, frame.count, answer.baseAddress, answer.count)
        guard count >= 0 else { throw BenchmarkError("exchange: \(String(cString: strerror(Int32(-count))))") }
        return Int(count)
    }

    /// The last answer, of this size.
    func answer(_ count: Int) -> Bytes { Bytes(copying: UnsafeRawBufferPointer(rebasing: answer[..<count])) }
}

/// A server in C.
final class LimitServer {
    let port: Int
    private let server: OpaquePointer

    static func echo() throws -> LimitServer { try LimitServer(limits_start_echo()) }

    /// Answers with `headBytes` bytes and a region of the file.
    static func sendfile(_ file: Int32, headBytes: Int) throws -> LimitServer {
        try LimitServer(limits_start_sendfile(file, headBytes))
    }

    private init(_ server: OpaquePointer?) throws {
        guard let server else { throw BenchmarkError("a server in C: \(String(cString: strerror(errno)))") }
        self.server = server
        port = Int(limits_port(server))
    }

    /// Waits for its end. The connection must be closed before.
    func join() { limits_join(server) }
}

extension [BytesPart] {
    /// A frame with its length in front.
    var frame: [UInt8] {
        var frame = [UInt8]()
        for part in self {
            if case .bytes(let bytes) = part { frame += bytes }
        }
        let length = Swift.withUnsafeBytes(of: UInt32(frame.count).bigEndian) { [UInt8]($0) }
        return length + frame
    }
}
