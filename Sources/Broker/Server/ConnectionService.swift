import KafkaProtocol
import Logging
import NIOCore
import Records
import Synchronization
import Transport

/// Makes the session of each connection.
final class ConnectionService: FrameService {
    private let router: RequestRouter
    private let apiVersions: ApiVersionsHandler
    private let quotas: ClientQuotas
    private let rates: ConnectionRates
    /// Connections that come before the broker knows its own addresses are turned away; clients try again.
    private let isOpen = Atomic(false)

    init(router: RequestRouter, apiVersions: ApiVersionsHandler, quotas: ClientQuotas, rates: ConnectionRates) {
        self.router = router
        self.apiVersions = apiVersions
        self.quotas = quotas
        self.rates = rates
    }

    func open() { isOpen.store(true, ordering: .releasing) }

    func openSession(_ connection: ServerConnection) -> (any FrameSession)? {
        guard isOpen.load(ordering: .acquiring), rates.admits(connection.remoteHost) else { return nil }
        return ConnectionSession(connection: connection, router: router, apiVersions: apiVersions, quotas: quotas)
    }
}

/// One connection's requests: reads the header of each frame and hands the body to the router.
///
/// A frame that is garbage closes its connection with one line in the log, and harms nobody else.
final class ConnectionSession: FrameSession {
    private let connection: ServerConnection
    private let listener: ListenerName
    private let router: RequestRouter
    private let apiVersions: ApiVersionsHandler
    private let quotas: ClientQuotas
    private let parked = ParkedRequests()
    private let software = ClientSoftware()

    init(connection: ServerConnection, router: RequestRouter, apiVersions: ApiVersionsHandler, quotas: ClientQuotas) {
        self.connection = connection
        self.listener = ListenerName(connection.listenerName)
        self.router = router
        self.apiVersions = apiVersions
        self.quotas = quotas
    }

    func receive(_ frame: Bytes, reply: ReplySlot) {
        do throws(WireError) {
            let (header, body) = try RequestHeader.decode(frame)
            receive(header, body, frame.count, reply)
        } catch {
            // Clients begin with ApiVersions in a version whose header we may not know how to read.
            if let correlationID = ConnectionSession.unreadableAPIVersions(frame) {
                receiveAPIVersions(correlationID, reply)
            } else {
                reply.close(reason: "a request of \(frame.count) bytes has no readable header: \(error)")
            }
        }
    }

    func finishing() { parked.release() }

    func closed(reason: String) { parked.connectionClosed() }

    private func receive(_ header: RequestHeader, _ body: Bytes, _ sizeInBytes: Int, _ reply: ReplySlot) {
        if header.apiKey == .apiVersions, !ApiVersionsRequest.versions.contains(header.apiVersion) {
            receiveAPIVersions(header.correlationID, reply)
            return
        }
        let context = RequestContext(
            apiKey: header.apiKey,
            version: header.apiVersion,
            correlationID: header.correlationID,
            sizeInBytes: sizeInBytes,
            clientID: header.clientID ?? "",
            connection: connection,
            listener: listener,
            principal: .anonymous,
            parked: parked,
            software: software
        )
        let meter = quotas.isActive ? RequestMeter(quotas, context) : nil
        defer { meter?.stop() }
        do throws(RoutingError) {
            try router.route(body, context, reply, meter)
        } catch {
            reply.close(reason: "\(header.apiKey) version \(header.apiVersion): \(error)")
        }
    }

    /// Answers in version 0 with UNSUPPORTED_VERSION and the table, whatever version was asked for. See KIP-511.
    private func receiveAPIVersions(_ correlationID: Int32, _ reply: ReplySlot) {
        Reply(slot: reply, version: 0, correlationID: correlationID, logger: connection.logger)
            .send(apiVersions.unsupportedVersion())
    }

    /// The correlation id of an ApiVersions request of an unknown version whose header we cannot read to its end.
    private static func unreadableAPIVersions(_ frame: Bytes) -> Int32? {
        do throws(WireError) {
            var reader = WireReader(frame, version: 0, flexible: false)
            let key = APIKey(try reader.int16("requestApiKey"))
            let version = try reader.int16("requestApiVersion")
            guard key == .apiVersions, !ApiVersionsRequest.versions.contains(version) else { return nil }
            return try reader.int32("correlationId")
        } catch { return nil }
    }
}
