import KafkaProtocol

/// CreateAcls (30), versions 1 to 3.
///
/// No listener authenticates yet, so there are no access rules: SECURITY_DISABLED, as a broker without an authorizer
/// answers.
struct CreateAclsHandler: ImmediateRequestHandler {
    typealias Request = CreateAclsRequest

    func response(to request: CreateAclsRequest, _ context: RequestContext) -> CreateAclsResponse {
        let refusal = CreateAclsResponse.AclCreationResult(
            errorCode: .securityDisabled,
            errorMessage: "No Authorizer is configured."
        )
        return CreateAclsResponse(results: request.creations.map { _ in refusal })
    }
}
