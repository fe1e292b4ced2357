import KafkaProtocol
import Records

/// AddRaftVoter (80), versions 0 and 1.
///
/// The metadata quorum is fixed (kraft.version 0): UNSUPPORTED_VERSION, as Kafka answers then (KIP-853).
struct AddRaftVoterHandler: ImmediateRequestHandler {
    typealias Request = AddRaftVoterRequest

    private let metadata: MetadataController

    init(metadata: MetadataController) { self.metadata = metadata }

    func response(to request: AddRaftVoterRequest, _ context: RequestContext) -> AddRaftVoterResponse {
        let clusterID = metadata.image.clusterID
        if let asked = request.clusterId, asked != clusterID {
            return AddRaftVoterResponse(
                errorCode: .inconsistentClusterId,
                errorMessage: "The given id \"\(asked)\" doesn't match the cluster id \"\(clusterID)\""
            )
        }
        guard request.voterId.rawValue >= 0, request.voterDirectoryId != .zero else {
            return AddRaftVoterResponse(
                errorCode: .invalidRequest,
                errorMessage: "Add voter request didn't include a valid voter"
            )
        }
        return AddRaftVoterResponse(
            errorCode: .unsupportedVersion,
            errorMessage: "Cluster doesn't support adding voter because the kraft.version feature is 0"
        )
    }
}
