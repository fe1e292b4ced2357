import KafkaProtocol
import Records

/// RemoveRaftVoter (81), version 0.
///
/// The metadata quorum is fixed (kraft.version 0): UNSUPPORTED_VERSION, as Kafka answers then (KIP-853).
struct RemoveRaftVoterHandler: ImmediateRequestHandler {
    typealias Request = RemoveRaftVoterRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(to request: RemoveRaftVoterRequest, _ context: RequestContext) -> RemoveRaftVoterResponse {
        let clusterID = metadata.image.clusterID
        if let asked = request.clusterId, asked != clusterID {
            return RemoveRaftVoterResponse(
                errorCode: .inconsistentClusterId,
                errorMessage: "The given id \"\(asked)\" doesn't match the cluster id \"\(clusterID)\""
            )
        }
        guard request.voterId.rawValue >= 0, request.voterDirectoryId != .zero else {
            return RemoveRaftVoterResponse(
                errorCode: .invalidRequest,
                errorMessage: "Remove voter request didn't include a valid voter"
            )
        }
        return RemoveRaftVoterResponse(
            errorCode: .unsupportedVersion,
            errorMessage: "Cluster doesn't support removing voter because the kraft.version feature is 0"
        )
    }
}
