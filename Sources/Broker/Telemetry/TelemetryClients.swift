import KafkaProtocol
import Records
import Synchronization
import Transport

/// The shell around ``TelemetryRegistry``: knows the subscriptions of the metadata and the clock.
///
/// What clients push is taken and dropped: there is no receiver for it.
final class TelemetryClients: Sendable {
    private let metadata: MetadataController
    private let registry: Mutex<TelemetryRegistry>
    let maxBytes: Int32

    init(_ core: BrokerCore) {
        metadata = core.metadata
        maxBytes = Int32(clamping: core.configuration.integer("telemetry.max.bytes"))
        registry = Mutex(TelemetryRegistry(maxBytes: Int(maxBytes)))
    }

    /// A client asks what is wanted of it; a zero id asks for a new one.
    func get(
        _ asked: KafkaUUID,
        _ context: RequestContext
    ) -> (id: KafkaUUID, subscription: TelemetryRegistry.Subscription, result: Result<Int32, APIFailure>) {
        var random = metadata.environment.randomNumbers()
        let id = asked == .zero ? .random(using: &random) : asked
        let (wanted, now) = (subscription(id, context), metadata.environment.now())
        let result = registry.withLock { registry in
            metadata.attempt { () throws(APIFailure) in try registry.get(id, wanted, at: now) }
        }
        return (id, wanted, result)
    }

    func push(_ request: PushTelemetryRequest, _ context: RequestContext) throws(APIFailure) {
        let (wanted, now) = (subscription(request.clientInstanceId, context), metadata.environment.now())
        try registry.withLock { registry in
            metadata.attempt { () throws(APIFailure) in try registry.push(request, wanted, at: now) }
        }.get()
    }

    /// Everything that subscriptions whose patterns fit the client want of it.
    private func subscription(_ id: KafkaUUID, _ context: RequestContext) -> TelemetryRegistry.Subscription {
        var found = TelemetryRegistry.Subscription()
        var metrics: Set<String> = []
        for (resource, overrides) in metadata.image.configs where resource.kind == .clientMetrics {
            guard fits(list("match", overrides), id, context) else { continue }
            metrics.formUnion(list("metrics", overrides))
            let interval = overrides["interval.ms"].flatMap { Int64($0.trimmingWhitespace()) } ?? 300_000
            found.pushIntervalMs = min(found.pushIntervalMs, interval)
        }
        found.metrics = metrics.contains("*") ? ["*"] : metrics.sorted()
        return found
    }

    private func list(_ name: String, _ overrides: [String: String]) -> [String] {
        (overrides[name] ?? "").split(separator: ",").map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
    }

    private func fits(_ patterns: [String], _ id: KafkaUUID, _ context: RequestContext) -> Bool {
        let software = context.software.value
        return patterns.allSatisfy { pattern in
            guard let (name, expression) = ClientMetricsConfigRules.parameter(pattern) else { return false }
            let value =
                switch name {
                case "client_instance_id": id.description
                case "client_id": context.clientID
                case "client_software_name": software.name
                case "client_software_version": software.version
                case "client_source_address": context.connection.remoteHost
                default: ""
                }
            do { return try expression.wholeMatch(in: value) != nil } catch { return false }
        }
    }
}
