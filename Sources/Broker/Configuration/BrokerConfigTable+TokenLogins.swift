extension BrokerConfigTable {
    /// Configs of logins with JSON web tokens. See KIP-1139.
    static let tokenLogins: [ConfigDefinition] = [
        .init(
            "sasl.oauthbearer.assertion.algorithm",
            .string,
            "RS256",
            .medium,
            isHonoured: false,
            doc: "The algorithm that signs an assertion."
        ),
        .init(
            "sasl.oauthbearer.assertion.claim.aud",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The audience that an assertion names."
        ),
        .init(
            "sasl.oauthbearer.assertion.claim.exp.seconds",
            .int,
            "300",
            .medium,
            .between(0, 86400),
            isHonoured: false,
            doc: "How long an assertion is valid."
        ),
        .init(
            "sasl.oauthbearer.assertion.claim.iss",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The issuer that an assertion names."
        ),
        .init(
            "sasl.oauthbearer.assertion.claim.jti.include",
            .boolean,
            "false",
            .medium,
            isHonoured: false,
            doc: "Whether an assertion has an id of its own."
        ),
        .init(
            "sasl.oauthbearer.assertion.claim.nbf.seconds",
            .int,
            "60",
            .medium,
            .between(0, 3600),
            isHonoured: false,
            doc: "How long before its making an assertion is valid."
        ),
        .init(
            "sasl.oauthbearer.assertion.claim.sub",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The subject that an assertion names."
        ),
        .init(
            "sasl.oauthbearer.assertion.file",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "A file with an assertion made beforehand."
        ),
        .init(
            "sasl.oauthbearer.assertion.private.key.file",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The key that signs assertions."
        ),
        .init(
            "sasl.oauthbearer.assertion.private.key.passphrase",
            .password,
            nil,
            .medium,
            isHonoured: false,
            doc: "The passphrase of that key."
        ),
        .init(
            "sasl.oauthbearer.assertion.template.file",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "A file with further headers and claims."
        ),
        .init(
            "sasl.oauthbearer.client.credentials.client.id",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The id of a client that asks for tokens."
        ),
        .init(
            "sasl.oauthbearer.client.credentials.client.secret",
            .password,
            nil,
            .medium,
            isHonoured: false,
            doc: "The secret of that client."
        ),
        .init(
            "sasl.oauthbearer.scope",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "The scope that is asked for."
        ),
        .init(
            "sasl.oauthbearer.jwt.retriever.class",
            .class,
            "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever",
            .medium,
            isHonoured: false,
            doc: "A Java class that fetches tokens. Cannot be loaded here."
        ),
        .init(
            "sasl.oauthbearer.jwt.validator.class",
            .class,
            "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator",
            .medium,
            isHonoured: false,
            doc: "A Java class that checks tokens. Cannot be loaded here."
        ),
    ]
}
