import KafkaProtocol
import Records

/// The records that begin a cluster, and those by which this node joins it as controller and broker at each start.
struct BrokerRegistration {
    let nodeID: BrokerID
    let incarnationID: KafkaUUID
    let endPoints: [MetadataImage.EndPoint]
    let rack: String?
    let logDirectories: [KafkaUUID]

    /// What a new cluster begins with: the levels of its features.
    static var features: [AnyMetadataRecord] {
        BrokerFeature.all.filter { $0.initialLevel > 0 }.map {
            .featureLevel(FeatureLevelRecord(name: $0.name, featureLevel: $0.initialLevel))
        }
    }

    /// The first records of a new cluster.
    static func bootstrap(_ records: [AnyMetadataRecord]) -> [AnyMetadataRecord] {
        [.beginTransaction(BeginTransactionRecord(name: "Bootstrap records"))] + records
            + [.endTransaction(EndTransactionRecord())]
    }

    /// Makes this node lead the partitions that have no leader and that it has all records of, as a controller does
    /// when a broker comes back: Apache Kafka leaves them so after a clean stop.
    func elections(_ image: MetadataImage) -> [AnyMetadataRecord] {
        image.topics.values.sorted { $0.name < $1.name }.flatMap { topic in
            topic.partitions.enumerated().compactMap { index, partition in
                guard partition.leader == .none, partition.isr.contains(nodeID) else { return nil }
                let index = PartitionIndex(Int32(clamping: index))
                return .partitionChange(PartitionChangeRecord(partitionId: index, topicId: topic.id, leader: nodeID))
            }
        }
    }

    /// Registers the node and lets it serve. `epoch` is the offset that the broker's own record will have, which is its
    /// epoch.
    func records(brokerEpoch epoch: Int64) -> [AnyMetadataRecord] {
        [
            .registerBroker(
                RegisterBrokerRecord(
                    brokerId: nodeID,
                    incarnationId: incarnationID,
                    brokerEpoch: epoch,
                    endPoints: endPoints.map {
                        .init(
                            name: $0.listener.rawValue,
                            host: $0.host,
                            port: $0.port,
                            securityProtocol: $0.securityProtocol
                        )
                    },
                    features: BrokerFeature.all.map {
                        .init(
                            name: $0.name,
                            minSupportedVersion: $0.levels.lowerBound,
                            maxSupportedVersion: $0.levels.upperBound
                        )
                    },
                    rack: rack,
                    fenced: true,
                    logDirs: logDirectories.sorted()
                )
            ),
            .registerController(
                RegisterControllerRecord(
                    controllerId: nodeID,
                    incarnationId: incarnationID,
                    features: BrokerFeature.all.map {
                        .init(
                            name: $0.name,
                            minSupportedVersion: $0.levels.lowerBound,
                            maxSupportedVersion: $0.levels.upperBound
                        )
                    }
                )
            ),
            .brokerRegistrationChange(
                BrokerRegistrationChangeRecord(brokerId: nodeID, brokerEpoch: epoch, fenced: -1)
            ),
        ]
    }
}
