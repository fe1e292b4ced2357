extension BrokerConfigTable {
    /// Configs of SASL and delegation tokens.
    static let authentication: [ConfigDefinition] = [
        .init(
            "sasl.mechanism.inter.broker.protocol",
            .string,
            "GSSAPI",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The SASL mechanism between brokers."
        ),
        .init(
            "sasl.mechanism.controller.protocol",
            .string,
            "GSSAPI",
            .high,
            isHonoured: false,
            doc: "The SASL mechanism between brokers and controllers."
        ),
        .init(
            "sasl.enabled.mechanisms",
            .list,
            "GSSAPI",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The SASL mechanisms that are offered."
        ),
        .init(
            "sasl.server.max.receive.size",
            .int,
            "524288",
            .medium,
            isHonoured: false,
            doc: "The largest request before authentication is complete."
        ),
        .init(
            "sasl.server.callback.handler.class",
            .class,
            nil,
            .medium,
            isHonoured: false,
            doc: "A Java class that checks credentials. Cannot be loaded here."
        ),
        .init(
            "sasl.client.callback.handler.class",
            .class,
            nil,
            .medium,
            isHonoured: false,
            doc: "A Java class that supplies credentials. Cannot be loaded here."
        ),
        .init(
            "sasl.login.class",
            .class,
            nil,
            .medium,
            isHonoured: false,
            doc: "A Java class that logs in. Cannot be loaded here."
        ),
        .init(
            "sasl.login.callback.handler.class",
            .class,
            nil,
            .medium,
            isHonoured: false,
            doc: "A Java class that supplies logins. Cannot be loaded here."
        ),
        .init(
            "sasl.jaas.config",
            .password,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The login of the broker, in JAAS's form."
        ),
        .init(
            "sasl.kerberos.service.name",
            .string,
            nil,
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The Kerberos service of the broker."
        ),
        .init(
            "sasl.kerberos.kinit.cmd",
            .string,
            "/usr/bin/kinit",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The path of kinit."
        ),
        .init(
            "sasl.kerberos.ticket.renew.window.factor",
            .double,
            "0.8",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The part of a ticket's life after which it is renewed."
        ),
        .init(
            "sasl.kerberos.ticket.renew.jitter",
            .double,
            "0.05",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "Chance added to the time of renewal."
        ),
        .init(
            "sasl.kerberos.min.time.before.relogin",
            .long,
            "60000",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The pause between two logins."
        ),
        .init(
            "sasl.kerberos.principal.to.local.rules",
            .list,
            "DEFAULT",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "How a Kerberos name becomes a principal."
        ),
        .init(
            "sasl.login.refresh.window.factor",
            .double,
            "0.8",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The part of a token's life after which it is refreshed."
        ),
        .init(
            "sasl.login.refresh.window.jitter",
            .double,
            "0.05",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "Chance added to the time of refresh."
        ),
        .init(
            "sasl.login.refresh.min.period.seconds",
            .short,
            "60",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "The shortest time between two refreshes."
        ),
        .init(
            "sasl.login.refresh.buffer.seconds",
            .short,
            "300",
            .medium,
            update: .perBroker,
            isHonoured: false,
            doc: "Time left before a token expires when it is refreshed."
        ),
        .init(
            "sasl.login.connect.timeout.ms",
            .int,
            nil,
            .low,
            isHonoured: false,
            doc: "How long connecting to the token's server may take."
        ),
        .init(
            "sasl.login.read.timeout.ms",
            .int,
            nil,
            .low,
            isHonoured: false,
            doc: "How long reading from the token's server may take."
        ),
        .init(
            "sasl.login.retry.backoff.ms",
            .long,
            "100",
            .low,
            isHonoured: false,
            doc: "The first pause before a login is tried again."
        ),
        .init(
            "sasl.login.retry.backoff.max.ms",
            .long,
            "10000",
            .low,
            isHonoured: false,
            doc: "The longest pause before a login is tried again."
        ),
        .init(
            "sasl.oauthbearer.scope.claim.name",
            .string,
            "scope",
            .low,
            isHonoured: false,
            doc: "The claim that holds a token's scope."
        ),
        .init(
            "sasl.oauthbearer.sub.claim.name",
            .string,
            "sub",
            .low,
            isHonoured: false,
            doc: "The claim that holds a token's subject."
        ),
        .init(
            "sasl.oauthbearer.token.endpoint.url",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "Where tokens come from."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.url",
            .string,
            nil,
            .medium,
            isHonoured: false,
            doc: "Where the keys that sign tokens come from."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.refresh.ms",
            .long,
            "3600000",
            .low,
            isHonoured: false,
            doc: "How often those keys are fetched."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms",
            .long,
            "100",
            .low,
            isHonoured: false,
            doc: "The first pause before fetching those keys is tried again."
        ),
        .init(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
            .long,
            "10000",
            .low,
            isHonoured: false,
            doc: "The longest pause before fetching those keys is tried again."
        ),
        .init(
            "sasl.oauthbearer.clock.skew.seconds",
            .int,
            "30",
            .low,
            isHonoured: false,
            doc: "How far clocks may differ when a token is checked."
        ),
        .init(
            "sasl.oauthbearer.expected.audience",
            .list,
            nil,
            .low,
            isHonoured: false,
            doc: "The audience that a token must name."
        ),
        .init(
            "sasl.oauthbearer.expected.issuer",
            .string,
            nil,
            .low,
            isHonoured: false,
            doc: "The issuer that a token must name."
        ),
        .init(
            "delegation.token.secret.key",
            .password,
            nil,
            .medium,
            isHonoured: false,
            doc: "The secret that signs delegation tokens."
        ),
        .init(
            "delegation.token.max.lifetime.ms",
            .long,
            "604800000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "The longest life of a delegation token."
        ),
        .init(
            "delegation.token.expiry.time.ms",
            .long,
            "86400000",
            .medium,
            .atLeast(1),
            isHonoured: false,
            doc: "How long a delegation token lives unless it is renewed."
        ),
        .init(
            "delegation.token.expiry.check.interval.ms",
            .long,
            "3600000",
            .low,
            .atLeast(1),
            isHonoured: false,
            doc: "How often expired delegation tokens are removed."
        ),
    ]
}
