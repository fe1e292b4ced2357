extension BrokerConfigTable {
    /// Configs of TLS and principals.
    static let security: [ConfigDefinition] = [
        .init(
            "principal.builder.class",
            .class,
            "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "A Java class that names the principal of a connection. Cannot be loaded here."
        ),
        .init(
            "connections.max.reauth.ms",
            .long,
            "0",
            .medium,
            isHonoured: false,
            doc: "How long an authentication lasts; 0 for ever."
        ),
        .init(
            "security.providers",
            .string,
            nil,
            .low,
            isHonoured: false,
            doc: "Java security providers. Cannot be loaded here."
        ),
        .init(
            "ssl.client.auth",
            .string,
            "none",
            .medium,
            .oneOf(["required", "requested", "none"]),
            update: .perBroker,
            isHonoured: false,
            doc: "Whether clients must show a certificate."
        ),
        .init(
            "ssl.principal.mapping.rules",
            .string,
            "DEFAULT",
            .low,
            isHonoured: false,
            doc: "How a certificate's name becomes a principal."
        ),
        .init(
            "ssl.allow.dn.changes",
            .boolean,
            "false",
            .low,
            isHonoured: false,
            doc: "Whether a new certificate may bear another name."
        ),
        .init(
            "ssl.allow.san.changes",
            .boolean,
            "false",
            .low,
            isHonoured: false,
            doc: "Whether a new certificate may bear other alternative names."
        ),
        .init(
            "ssl.protocol",
            .string,
            "TLSv1.3",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The newest TLS version offered."
        ),
        .init(
            "ssl.provider",
            .string,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The Java provider of TLS. Cannot be loaded here."
        ),
        .init(
            "ssl.enabled.protocols",
            .list,
            "TLSv1.2,TLSv1.3",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "TLS versions that are accepted."
        ),
        .init(
            "ssl.cipher.suites",
            .list,
            "",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "Cipher suites that are accepted; empty for all."
        ),
        .init(
            "ssl.keystore.type",
            .string,
            "JKS",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The format of the key store."
        ),
        .init(
            "ssl.keystore.location",
            .string,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The file of the key store."
        ),
        .init(
            "ssl.keystore.password",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The password of the key store."
        ),
        .init(
            "ssl.key.password",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The password of the private key."
        ),
        .init(
            "ssl.keystore.key",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The private key itself, in PEM."
        ),
        .init(
            "ssl.keystore.certificate.chain",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The certificate chain itself, in PEM."
        ),
        .init(
            "ssl.truststore.type",
            .string,
            "JKS",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The format of the trust store."
        ),
        .init(
            "ssl.truststore.location",
            .string,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The file of the trust store."
        ),
        .init(
            "ssl.truststore.password",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The password of the trust store."
        ),
        .init(
            "ssl.truststore.certificates",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "Trusted certificates themselves, in PEM."
        ),
        .init(
            "ssl.keymanager.algorithm",
            .string,
            "SunX509",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The Java algorithm of key managers."
        ),
        .init(
            "ssl.trustmanager.algorithm",
            .string,
            "PKIX",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The Java algorithm of trust managers."
        ),
        .init(
            "ssl.endpoint.identification.algorithm",
            .string,
            "https",
            .low,
            update: .perBroker,
            isHonoured: false,
            doc: "How the server's name is checked against its certificate."
        ),
        .init(
            "ssl.secure.random.implementation",
            .string,
            nil,
            .low,
            update: .perBroker,
            isHonoured: false,
            doc: "The Java source of randomness of TLS."
        ),
        .init(
            "ssl.engine.factory.class",
            .class,
            nil,
            .low,
            update: .perBroker,
            isHonoured: false,
            doc: "A Java class that makes TLS engines. Cannot be loaded here."
        ),
    ]
}
