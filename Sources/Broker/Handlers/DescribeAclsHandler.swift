import KafkaProtocol

/// DescribeAcls (29), versions 1 to 3.
///
/// No listener authenticates yet, so there are no access rules: SECURITY_DISABLED, as a broker without an authorizer
/// answers.
struct DescribeAclsHandler: ImmediateRequestHandler {
    typealias Request = DescribeAclsRequest

    func response(to request: DescribeAclsRequest, _ context: RequestContext) -> DescribeAclsResponse {
        DescribeAclsResponse(
            errorCode: .securityDisabled,
            errorMessage: "No Authorizer is configured on the broker"
        )
    }
}
