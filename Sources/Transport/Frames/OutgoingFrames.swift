import NIOCore
import Records

/// Gathers outgoing frames, so that a burst of them leaves with one write: bytes are collected in one buffer; a file
/// region with a descriptor goes by itself, through `sendfile`, when it is large enough to be worth its own system call.
struct OutgoingFrames {
    private var buffer = ByteBuffer()
    /// From here on `sendfile` is no slower than reading into the buffer.
    private static let minSendfileBytes = 32 * 1024
    private static let largeBytes = 64 * 1024

    /// Enough is gathered that the channel should know of it.
    var isLarge: Bool { buffer.readableBytes >= OutgoingFrames.largeBytes }

    var isEmpty: Bool { buffer.readableBytes == 0 }

    /// Adds a frame: its length, then its parts. Errors: a region cannot be read; the stream is of no use after it.
    mutating func append(_ parts: [BytesPart], to context: ChannelHandlerContext) throws {
        let count = FrameBytes.count(of: parts)
        buffer.reserveCapacity(minimumWritableBytes: 4 + min(count, OutgoingFrames.minSendfileBytes))
        buffer.writeInteger(UInt32(truncatingIfNeeded: count))
        for part in parts {
            if case .region(let region) = part, region.count >= OutgoingFrames.minSendfileBytes,
                let (descriptor, position) = region.descriptor
            {
                write(to: context)
                send(region, descriptor: descriptor, position: position, to: context)
            } else if part.count > 0 {
                try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: part.count) { memory in
                    try FrameBytes.copy(part, to: UnsafeMutableRawBufferPointer(rebasing: memory[..<part.count]))
                    return part.count
                }
            }
        }
    }

    /// Passes what is gathered to the channel, without a flush, and keeps nothing: a connection that idles costs no buffer.
    mutating func write(to context: ChannelHandlerContext) {
        guard buffer.readableBytes > 0 else { return }
        context.write(NIOAny(IOData.byteBuffer(buffer)), promise: nil)
        buffer = ByteBuffer()
    }

    private func send(
        _ region: any BytesRegion,
        descriptor: Int32,
        position: Int64,
        to context: ChannelHandlerContext
    ) {
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        let file = FileRegion(
            fileHandle: handle,
            readerIndex: Int(position),
            endIndex: Int(position) + region.count
        )
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in
            // The region owns the descriptor: NIO's handle lets go of it, and the region lives until here.
            do { _ = try handle.takeDescriptorOwnership() } catch { assertionFailure("\(error)") }
            withExtendedLifetime(region) {}
        }
        context.write(NIOAny(IOData.fileRegion(file)), promise: sent)
    }
}
