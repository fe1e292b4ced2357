import KafkaProtocol
import Records

/// DescribeCluster (60), versions 0 to 2.
///
/// The cluster's id, its controller and its brokers with their addresses at the listener that the question came by
/// (KIP-700). Only brokers are described here: a question for controllers (KIP-919) is refused.
struct DescribeClusterHandler: ImmediateRequestHandler {
    typealias Request = DescribeClusterRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(to request: DescribeClusterRequest, _ context: RequestContext) -> DescribeClusterResponse {
        guard request.endpointType == 1 else {
            return DescribeClusterResponse(
                errorCode: request.endpointType == 2 ? .mismatchedEndpointType : .unsupportedEndpointType,
                errorMessage: "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type "
                    + (request.endpointType == 2 ? "CONTROLLER" : "UNKNOWN")
            )
        }
        let image = metadata.image
        let brokers = image.brokers.values.sorted { $0.id < $1.id }.filter {
            request.includeFencedBrokers || !$0.isFenced
        }
        return DescribeClusterResponse(
            clusterId: image.clusterID,
            controllerId: brokers.first { !$0.isFenced }?.id ?? .none,
            brokers: brokers.compactMap { broker in
                broker.endPoint(reachableBy: context).map { endPoint in
                    DescribeClusterResponse.DescribeClusterBroker(
                        brokerId: broker.id,
                        host: endPoint.host,
                        port: Int32(endPoint.port),
                        rack: broker.rack,
                        isFenced: broker.isFenced
                    )
                }
            },
            clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
                ? AuthorizedOperations.cluster : AuthorizedOperations.notAsked
        )
    }
}
