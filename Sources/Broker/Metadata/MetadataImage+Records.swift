import KafkaProtocol
import Records

extension MetadataImage {
    /// The records that make this image out of an empty one, in the order of Kafka's snapshots.
    func records() -> [AnyMetadataRecord] {
        var records: [AnyMetadataRecord] = features.sorted { $0.key < $1.key }.map {
            .featureLevel(FeatureLevelRecord(name: $0.key, featureLevel: $0.value))
        }
        // The format of all that follows depends on it.
        if let index = records.firstIndex(where: { isMetadataVersion($0) }) {
            records.insert(records.remove(at: index), at: 0)
        }
        records += brokers.values.sorted { $0.id < $1.id }.map { .registerBroker($0.record()) }
        records += keptRecords { if case .controller = $0 { true } else { false } }
        for topic in topics.values.sorted(by: { $0.name < $1.name }) {
            records.append(.topic(TopicRecord(name: topic.name, topicId: topic.id)))
            for (index, partition) in topic.partitions.enumerated() {
                records.append(.partition(partition.record(PartitionIndex(Int32(clamping: index)), topic.id)))
            }
        }
        for (resource, values) in configs.sorted(by: {
            ($0.key.kind.rawValue, $0.key.name) < ($1.key.kind.rawValue, $1.key.name)
        }) {
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                records.append(
                    .config(
                        ConfigRecord(
                            resourceType: resource.kind.rawValue,
                            resourceName: resource.name,
                            name: name,
                            value: value
                        )
                    )
                )
            }
        }
        records += keptRecords { if case .quota = $0 { true } else { false } }
        if nextProducerID > ProducerID(0) {
            records.append(
                .producerIds(ProducerIdsRecord(brokerId: .none, brokerEpoch: -1, nextProducerId: nextProducerID))
            )
        }
        return records + keptRecords(where: \.isSecurity)
    }

    private func keptRecords(where isWanted: (KeptKey) -> Bool) -> [AnyMetadataRecord] {
        kept.filter { isWanted($0.key) }.sorted { $0.key < $1.key }.map(\.value)
    }

    private func isMetadataVersion(_ record: AnyMetadataRecord) -> Bool {
        guard case .featureLevel(let level) = record else { return false }
        return level.name == BrokerFeature.metadataVersion.name
    }
}

extension MetadataImage.Broker {
    fileprivate func record() -> RegisterBrokerRecord {
        RegisterBrokerRecord(
            brokerId: id,
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
            features: features.map {
                .init(name: $0.name, minSupportedVersion: $0.least, maxSupportedVersion: $0.most)
            },
            rack: rack,
            fenced: isFenced,
            inControlledShutdown: isInControlledShutdown,
            logDirs: logDirectories
        )
    }
}

extension MetadataImage.Partition {
    fileprivate func record(_ index: PartitionIndex, _ topicID: TopicID) -> PartitionRecord {
        PartitionRecord(
            partitionId: index,
            topicId: topicID,
            replicas: replicas,
            isr: isr,
            removingReplicas: removingReplicas,
            addingReplicas: addingReplicas,
            leader: leader,
            leaderRecoveryState: leaderRecoveryState,
            leaderEpoch: leaderEpoch,
            partitionEpoch: partitionEpoch,
            directories: directories,
            eligibleLeaderReplicas: eligibleLeaderReplicas.isEmpty ? nil : eligibleLeaderReplicas,
            lastKnownElr: lastKnownEligibleLeaderReplicas.isEmpty ? nil : lastKnownEligibleLeaderReplicas
        )
    }
}
