import KafkaProtocol

/// DeleteAcls (31), versions 1 to 3.
///
/// No listener authenticates yet, so there are no access rules: SECURITY_DISABLED, as a broker without an authorizer
/// answers.
struct DeleteAclsHandler: ImmediateRequestHandler {
    typealias Request = DeleteAclsRequest

    func response(to request: DeleteAclsRequest, _ context: RequestContext) -> DeleteAclsResponse {
        let refusal = DeleteAclsResponse.DeleteAclsFilterResult(
            errorCode: .securityDisabled,
            errorMessage: "No Authorizer is configured."
        )
        return DeleteAclsResponse(filterResults: request.filters.map { _ in refusal })
    }
}
