import KafkaProtocol
import Logging
import Records
import Transport

/// Where a handler puts its answer: knows the request's version and correlation id, and encodes for them.
///
/// Invariant: exactly one of ``send(_:)``, ``sendNothing()`` and ``close(reason:)`` is called, once.
struct Reply<Response: KafkaResponse>: Sendable {
    private let slot: ReplySlot
    private let version: Int16
    private let correlationID: Int32
    private let logger: Logger
    private let meter: RequestMeter?

    init(slot: ReplySlot, version: Int16, correlationID: Int32, logger: Logger, meter: RequestMeter? = nil) {
        self.slot = slot
        self.version = version
        self.correlationID = correlationID
        self.logger = logger
        self.meter = meter
    }

    /// Encodes `response` in the request's version and hands it to the connection.
    func send(_ response: Response) {
        var response = response
        if let delay = meter?.stop(), delay > 0 { response = Reply.telling(delay, response) }
        do throws(WireError) {
            slot.send(try response.frame(version: version, correlationID: correlationID))
        } catch {
            logger.error("cannot encode \(Response.messageName) version \(version): \(error)")
            slot.close(reason: "the answer could not be encoded: \(error)")
        }
    }

    /// The longer one of two delays counts.
    private static func telling(_ delayMs: Int32, _ response: Response) -> Response {
        guard var throttled = response as? any ThrottledResponse, throttled.throttleTimeMs < delayMs else {
            return response
        }
        throttled.throttleTimeMs = delayMs
        return throttled as? Response ?? response
    }

    /// The request wants no answer (a produce with acks=0).
    func sendNothing() { slot.sendNothing() }

    /// Closes the connection in place of an answer; `reason` goes to the log.
    func close(reason: String) { slot.close(reason: reason) }
}
