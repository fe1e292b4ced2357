extension BrokerConfigTable {
    /// Configs of TLS, SASL and delegation tokens.
    static let security: [ConfigDefinition] = [
        .init(
            "principal.builder.class", .class,
            "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", .medium,
            update: .perBroker, isHonoured: false,
            doc: "A Java class that names the principal of a connection. Cannot be loaded here."
        ),
        .init(
            "connections.max.reauth.ms", .long, "0", .medium, isHonoured: false,
            doc: "How long an authentication lasts; 0 for ever."
        ),
        .init(
            "security.providers", .string, nil, .low, isHonoured: false,
            doc: "Java security providers. Cannot be loaded here."
        ),
        .init(
            "ssl.client.auth", .string, "none", .medium, .oneOf(["required", "requested", "none"]),
            update: .perBroker, isHonoured: false,
            doc: "Whether clients must show a certificate."
        ),
        .init(
            "ssl.principal.mapping.rules", .string, "DEFAULT", .low, isHonoured: false,
            doc: "How a certificate's name becomes a principal."
        ),
        .init(
            "ssl.allow.dn.changes", .boolean, "false", .low, isHonoured: false,
            doc: "Whether a new certificate may bear another name."
        ),
        .init(
            "ssl.allow.san.changes", .boolean, "false", .low, isHonoured: false,
            doc: "Whether a new certificate may bear other alternative names."
        ),
        .init(
            "ssl.protocol", .string, "TLSv1.3", .medium, update: .perBroker, isHonoured: false,
            doc: "The newest TLS version offered."
        ),
        .init(
            "ssl.provider", .string, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The Java provider of TLS. Cannot be loaded here."
        ),
        .init(
            "ssl.enabled.protocols", .list, "TLSv1.2,TLSv1.3", .medium, update: .perBroker, isHonoured: false,
            doc: "TLS versions that are accepted."
        ),
        .init(
            "ssl.cipher.suites", .list, "", .medium, update: .perBroker, isHonoured: false,
            doc: "Cipher suites that are accepted; empty for all."
        ),
        .init(
            "ssl.keystore.type", .string, "JKS", .medium, update: .perBroker, isHonoured: false,
            doc: "The format of the key store."
        ),
        .init(
            "ssl.keystore.location", .string, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The file of the key store."
        ),
        .init(
            "ssl.keystore.password", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The password of the key store."
        ),
        .init(
            "ssl.key.password", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The password of the private key."
        ),
        .init(
            "ssl.keystore.key", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The private key itself, in PEM."
        ),
        .init(
            "ssl.keystore.certificate.chain", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The certificate chain itself, in PEM."
        ),
        .init(
            "ssl.truststore.type", .string, "JKS", .medium, update: .perBroker, isHonoured: false,
            doc: "The format of the trust store."
        ),
        .init(
            "ssl.truststore.location", .string, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The file of the trust store."
        ),
        .init(
            "ssl.truststore.password", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The password of the trust store."
        ),
        .init(
            "ssl.truststore.certificates", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "Trusted certificates themselves, in PEM."
        ),
        .init(
            "ssl.keymanager.algorithm", .string, "SunX509", .medium, update: .perBroker, isHonoured: false,
            doc: "The Java algorithm of key managers."
        ),
        .init(
            "ssl.trustmanager.algorithm", .string, "PKIX", .medium, update: .perBroker, isHonoured: false,
            doc: "The Java algorithm of trust managers."
        ),
        .init(
            "ssl.endpoint.identification.algorithm", .string, "https", .low, update: .perBroker, isHonoured: false,
            doc: "How the server's name is checked against its certificate."
        ),
        .init(
            "ssl.secure.random.implementation", .string, nil, .low, update: .perBroker, isHonoured: false,
            doc: "The Java source of randomness of TLS."
        ),
        .init(
            "ssl.engine.factory.class", .class, nil, .low, update: .perBroker, isHonoured: false,
            doc: "A Java class that makes TLS engines. Cannot be loaded here."
        ),
        .init(
            "sasl.mechanism.inter.broker.protocol", .string, "GSSAPI", .medium, update: .perBroker, isHonoured: false,
            doc: "The SASL mechanism between brokers."
        ),
        .init(
            "sasl.mechanism.controller.protocol", .string, "GSSAPI", .high, isHonoured: false,
            doc: "The SASL mechanism between brokers and controllers."
        ),
        .init(
            "sasl.enabled.mechanisms", .list, "GSSAPI", .medium, update: .perBroker, isHonoured: false,
            doc: "The SASL mechanisms that are offered."
        ),
        .init(
            "sasl.server.max.receive.size", .int, "524288", .medium, isHonoured: false,
            doc: "The largest request before authentication is complete."
        ),
        .init(
            "sasl.server.callback.handler.class", .class, nil, .medium, isHonoured: false,
            doc: "A Java class that checks credentials. Cannot be loaded here."
        ),
        .init(
            "sasl.client.callback.handler.class", .class, nil, .medium, isHonoured: false,
            doc: "A Java class that supplies credentials. Cannot be loaded here."
        ),
        .init(
            "sasl.login.class", .class, nil, .medium, isHonoured: false,
            doc: "A Java class that logs in. Cannot be loaded here."
        ),
        .init(
            "sasl.login.callback.handler.class", .class, nil, .medium, isHonoured: false,
            doc: "A Java class that supplies logins. Cannot be loaded here."
        ),
        .init(
            "sasl.jaas.config", .password, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The login of the broker, in JAAS's form."
        ),
        .init(
            "sasl.kerberos.service.name", .string, nil, .medium, update: .perBroker, isHonoured: false,
            doc: "The Kerberos service of the broker."
        ),
        .init(
            "sasl.kerberos.kinit.cmd", .string, "/usr/bin/kinit", .medium, update: .perBroker, isHonoured: false,
            doc: "The path of kinit."
        ),
        .init(
            "sasl.kerberos.ticket.renew.window.factor", .double, "0.8", .medium, update: .perBroker, isHonoured: false,
            doc: "The part of a ticket's life after which it is renewed."
        ),
        .init(
            "sasl.kerberos.ticket.renew.jitter", .double, "0.05", .medium, update: .perBroker, isHonoured: false,
            doc: "Chance added to the time of renewal."
        ),
        .init(
            "sasl.kerberos.min.time.before.relogin", .long, "60000", .medium, update: .perBroker, isHonoured: false,
            doc: "The pause between two logins."
        ),
        .init(
            "sasl.kerberos.principal.to.local.rules", .list, "DEFAULT", .medium, update: .perBroker, isHonoured: false,
            doc: "How a Kerberos name becomes a principal."
        ),
        .init(
            "sasl.login.refresh.window.factor", .double, "0.8", .medium, update: .perBroker, isHonoured: false,
            doc: "The part of a token's life after which it is refreshed."
        ),
        .init(
            "sasl.login.refresh.window.jitter", .double, "0.05", .medium, update: .perBroker, isHonoured: false,
            doc: "Chance added to the time of refresh."
        ),
        .init(
            "sasl.login.refresh.min.period.seconds", .short, "60", .medium, update: .perBroker, isHonoured: false,
            doc: "The shortest time between two refreshes."
        ),
        .init(
            "sasl.login.refresh.buffer.seconds", .short, "300", .medium, update: .perBroker, isHonoured: false,
            doc: "Time left before a token expires when it is refreshed."
        ),
        .init(
            "sasl.login.connect.timeout.ms", .int, nil, .low, isHonoured: false,
            doc: "How long connecting to the token's server may take."
        ),
        .init(
            "sasl.login.read.timeout.ms", .int, nil, .low, isHonoured: false,
            doc: "How long reading from the token's server may take."
        ),
        .init(
            "sasl.login.retry.backoff.ms", .long, "100", .low, isHonoured: false,
            doc: "The first pause before a login is tried again."
        ),
        .init(
            "sasl.login.retry.backoff.max.ms", .long, "10000", .low, isHonoured: false,
            doc: "The longest pause before a login is tried again."
        ),
        .init(
            "sasl.oauthbearer.scope.claim.name", .string, "scope", .low, isHonoured: false,
            doc: "The claim that holds a token's scope."
        ),
        .init(
            "sasl.oauthbearer.sub.claim.name", .string, "sub", .low, isHonoured: false,
            doc: "The claim that holds a token's subject."
        ),
        .init(
            "sasl.oauthbearer.token.endpoint.url", .string, nil, .medium, isHonoured: false,
            doc: "Where tokens come from."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.url", .string, nil, .medium, isHonoured: false,
            doc: "Where the keys that sign tokens come from."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.refresh.ms", .long, "3600000", .low, isHonoured: false,
            doc: "How often those keys are fetched."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", .long, "100", .low, isHonoured: false,
            doc: "The first pause before fetching those keys is tried again."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", .long, "10000", .low, isHonoured: false,
            doc: "The longest pause before fetching those keys is tried again."
        ),
        .init(
            "sasl.oauthbearer.clock.skew.seconds", .int, "30", .low, isHonoured: false,
            doc: "How far clocks may differ when a token is checked."
        ),
        .init(
            "sasl.oauthbearer.expected.audience", .list, nil, .low, isHonoured: false,
            doc: "The audience that a token must name."
        ),
        .init(
            "sasl.oauthbearer.expected.issuer", .string, nil, .low, isHonoured: false,
            doc: "The issuer that a token must name."
        ),
        .init(
            "delegation.token.secret.key", .password, nil, .medium, isHonoured: false,
            doc: "The secret that signs delegation tokens."
        ),
        .init(
            "delegation.token.max.lifetime.ms", .long, "604800000", .medium, .atLeast(1), isHonoured: false,
            doc: "The longest life of a delegation token."
        ),
        .init(
            "delegation.token.expiry.time.ms", .long, "86400000", .medium, .atLeast(1), isHonoured: false,
            doc: "How long a delegation token lives unless it is renewed."
        ),
        .init(
            "delegation.token.expiry.check.interval.ms", .long, "3600000", .low, .atLeast(1), isHonoured: false,
            doc: "How often expired delegation tokens are removed."
        ),
    ]
}
