/// The broker's own handlers, one for each API; the coordinators' join them. ApiVersions is made from the whole list.
enum BrokerHandlers {
    static func all(_ core: BrokerCore, _ coordinators: Coordinators) -> [any RequestHandler] {
        let (metadata, configuration) = (core.metadata, core.configuration)
        return [
            ProduceHandler(core, coordinators.transactionGate),
            FetchHandler(core),
            ListOffsetsHandler(core),
            MetadataHandler(metadata: metadata, autoTopicCreation: core.autoTopicCreation),
            CreateTopicsHandler(metadata: metadata),
            DeleteTopicsHandler(metadata: metadata, configuration: configuration),
            DescribeClusterHandler(metadata: metadata),
            DescribeConfigsHandler(metadata: metadata, configuration: configuration),
            CreatePartitionsHandler(metadata: metadata),
            AlterConfigsHandler(metadata: metadata),
            IncrementalAlterConfigsHandler(metadata: metadata),
            ListConfigResourcesHandler(metadata: metadata),
            DescribeClientQuotasHandler(metadata: metadata),
            AlterClientQuotasHandler(metadata: metadata),
            UpdateFeaturesHandler(metadata: metadata),
            DescribeTopicPartitionsHandler(metadata: metadata, configuration: configuration),
            OffsetForLeaderEpochHandler(partitions: core.partitions),
            DeleteRecordsHandler(core),
            DescribeLogDirsHandler(core),
        ]
    }
}
