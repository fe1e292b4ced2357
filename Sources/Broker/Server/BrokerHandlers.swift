/// The broker's own handlers, one for each API; the coordinators' join them. ApiVersions is made from the whole list.
enum BrokerHandlers {
    static func all(_ core: BrokerCore, _ coordinators: Coordinators) -> [any RequestHandler] {
        let (metadata, configuration) = (core.metadata, core.configuration)
        return [
            ProduceHandler(core, coordinators.transactionGate),
            FetchHandler(core),
            ListOffsetsHandler(core),
            MetadataHandler(metadata: metadata, autoTopicCreation: core.autoTopicCreation),
            CreateTopicsHandler(core),
            DeleteTopicsHandler(core),
            DescribeClusterHandler(metadata: metadata),
            DescribeConfigsHandler(metadata: metadata, configuration: configuration),
            CreatePartitionsHandler(core),
            AlterConfigsHandler(metadata: metadata),
            IncrementalAlterConfigsHandler(metadata: metadata),
            ListConfigResourcesHandler(metadata: metadata),
            DescribeClientQuotasHandler(metadata: metadata),
            AlterClientQuotasHandler(metadata: metadata),
            DescribeUserScramCredentialsHandler(metadata: metadata),
            AlterUserScramCredentialsHandler(metadata: metadata),
            UpdateFeaturesHandler(metadata: metadata),
            DescribeTopicPartitionsHandler(metadata: metadata, configuration: configuration),
            OffsetForLeaderEpochHandler(partitions: core.partitions),
            DeleteRecordsHandler(core),
            DescribeLogDirsHandler(core),
            AlterReplicaLogDirsHandler(core),
            DescribeQuorumHandler(metadata: metadata),
            ElectLeadersHandler(metadata: metadata),
            AlterPartitionReassignmentsHandler(metadata: metadata),
            ListPartitionReassignmentsHandler(metadata: metadata),
            UnregisterBrokerHandler(metadata: metadata),
            AddRaftVoterHandler(metadata: metadata),
            RemoveRaftVoterHandler(metadata: metadata),
        ] + security + telemetry(core)
    }

    /// What a broker without authentication answers.
    private static var security: [any RequestHandler] {
        [
            DescribeAclsHandler(), CreateAclsHandler(), DeleteAclsHandler(), CreateDelegationTokenHandler(),
            RenewDelegationTokenHandler(), ExpireDelegationTokenHandler(), DescribeDelegationTokenHandler(),
            SaslHandshakeHandler(), SaslAuthenticateHandler(),
        ]
    }

    private static func telemetry(_ core: BrokerCore) -> [any RequestHandler] {
        let clients = TelemetryClients(core)
        return [GetTelemetrySubscriptionsHandler(clients), PushTelemetryHandler(clients)]
    }
}
