/// The broker's own handlers, one for each API; the coordinators' join them. ApiVersions is made from the whole list.
enum BrokerHandlers {
    static func all(_ core: BrokerCore) -> [any RequestHandler] {
        let (metadata, configuration) = (core.metadata, core.configuration)
        return [
            ProduceHandler(core),
            FetchHandler(core),
            ListOffsetsHandler(core),
            MetadataHandler(metadata: metadata, autoTopicCreation: core.autoTopicCreation),
            CreateTopicsHandler(metadata: metadata),
            DeleteTopicsHandler(metadata: metadata, configuration: configuration),
            DescribeClusterHandler(metadata: metadata),
            DescribeConfigsHandler(metadata: metadata, configuration: configuration),
        ]
    }
}
