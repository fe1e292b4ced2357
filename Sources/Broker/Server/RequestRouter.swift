import KafkaProtocol
import Logging
import Records
import Transport

/// Leads each request to the handler of its API. Built from the broker's one handler list, which also makes the
/// ApiVersions answer, so that what is advertised is what is served.
struct RequestRouter: Sendable {
    /// One API as it is served.
    private struct Route: Sendable {
        let servedVersions: ClosedRange<Int16>
        let serve: @Sendable (Bytes, RequestContext, ReplySlot, RequestMeter?) throws(WireError) -> Void
    }

    private let routes: [APIKey: Route]

    /// Traps when two handlers claim one API.
    init(_ handlers: [any RequestHandler]) {
        var routes: [APIKey: Route] = [:]
        for handler in handlers {
            let (key, route) = RequestRouter.route(handler)
            precondition(routes[key] == nil, "two handlers for \(key)")
            routes[key] = route
        }
        self.routes = routes
    }

    /// What ApiVersions tells, in the order of the keys.
    static func advertisedVersions(_ handlers: [any RequestHandler]) -> [(key: APIKey, versions: ClosedRange<Int16>)] {
        handlers.map { RequestRouter.advertised($0) }.sorted { $0.key < $1.key }
    }

    /// Decodes the body and calls the handler. Errors: ``RoutingError``; nothing was answered then.
    func route(
        _ body: Bytes,
        _ context: RequestContext,
        _ slot: ReplySlot,
        _ meter: RequestMeter? = nil
    ) throws(RoutingError) {
        guard let route = routes[context.apiKey] else { throw .unknownAPI }
        guard route.servedVersions.contains(context.version) else { throw .unsupportedVersion(route.servedVersions) }
        do throws(WireError) {
            try route.serve(body, context, slot, meter)
        } catch { throw .undecodable(error) }
    }

    private static func route<H: RequestHandler>(_ handler: H) -> (APIKey, Route) {
        let route = Route(servedVersions: H.servedVersions) { (body, context, slot, meter) throws(WireError) in
            // Bytes after the request are left alone, as Apache Kafka does: librdkafka 2.16 sends three of them when it
            // asks for the metadata of all topics.
            var reader = WireReader(
                body,
                version: context.version,
                flexible: H.Request.isFlexible(context.version)
            )
            let request = try H.Request(from: &reader)
            let reply = Reply<H.Request.Response>(
                slot: slot,
                version: context.version,
                correlationID: context.correlationID,
                logger: context.connection.logger,
                meter: meter
            )
            handler.handle(request, context, reply)
        }
        return (H.Request.apiKey, route)
    }

    private static func advertised<H: RequestHandler>(_: H) -> (key: APIKey, versions: ClosedRange<Int16>) {
        (H.Request.apiKey, H.advertisedVersions)
    }
}

/// Why a request reached no handler. Its connection is closed.
enum RoutingError: Error, Sendable, CustomStringConvertible {
    case unknownAPI
    case unsupportedVersion(ClosedRange<Int16>)
    case undecodable(WireError)

    var description: String {
        switch self {
        case .unknownAPI: "the API is not served"
        case .unsupportedVersion(let served):
            "the version is not served, only \(served.lowerBound) to \(served.upperBound) are"
        case .undecodable(let error): "the request cannot be decoded: \(error)"
        }
    }
}
