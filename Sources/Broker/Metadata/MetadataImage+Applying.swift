import KafkaProtocol
import Records

extension MetadataImage {
    /// Changes this image by one record. Errors: ``MetadataReplayError`` for a record that does not fit what came
    /// before.
    mutating func apply(_ record: AnyMetadataRecord) throws(MetadataReplayError) {
        switch record {
        case .registerBroker(let record): brokers[record.brokerId] = Broker(record)
        case .unregisterBroker(let record): brokers[record.brokerId] = nil
        case .topic(let record):
            topics[record.name] = Topic(name: record.name, id: record.topicId, partitions: [])
            topicNames[record.topicId] = record.name
        case .partition(let record): try apply(record)
        case .config(let record): apply(record)
        case .partitionChange(let record): try apply(record)
        case .fenceBroker(let record): brokers[record.id]?.isFenced = true
        case .unfenceBroker(let record): brokers[record.id]?.isFenced = false
        case .removeTopic(let record): try remove(record.topicId)
        case .featureLevel(let record): features[record.name] = record.featureLevel == 0 ? nil : record.featureLevel
        case .producerIds(let record): nextProducerID = max(nextProducerID, record.nextProducerId)
        case .brokerRegistrationChange(let record): apply(record)
        case .registerController(let entry):
            controllerID = entry.controllerId
            _ = keep(record)
        case .noOp, .beginTransaction, .endTransaction, .abortTransaction: break
        case .clientQuota(let entry):
            apply(entry)
            _ = keep(record)
        // Kept for those who will serve them: credentials, ACLs, tokens.
        case .userScramCredential, .removeUserScramCredential, .accessControlEntry, .removeAccessControlEntry,
            .delegationToken, .removeDelegationToken:
            _ = keep(record)
        case .zkMigrationState: break
        }
    }

    private mutating func apply(_ record: PartitionRecord) throws(MetadataReplayError) {
        guard let name = topicNames[record.topicId], let known = topics[name]?.partitions.count else {
            throw MetadataReplayError("a partition of the unknown topic id \(record.topicId)")
        }
        let index = Int(record.partitionId.rawValue)
        guard index >= 0, index <= known else {
            throw MetadataReplayError(
                "partition \(record.partitionId) of \(name), which has \(known) partitions so far"
            )
        }
        if index == known {
            topics[name]?.partitions.append(Partition(record))
        } else {
            topics[name]?.partitions[index] = Partition(record)
        }
    }

    private mutating func apply(_ record: PartitionChangeRecord) throws(MetadataReplayError) {
        let index = Int(record.partitionId.rawValue)
        guard let name = topicNames[record.topicId], let topic = topics[name], topic.partitions.indices.contains(index)
        else { throw MetadataReplayError("a change of the unknown partition \(record.topicId)-\(record.partitionId)") }
        topics[name]?.partitions[index].apply(record)
    }

    private mutating func apply(_ record: ConfigRecord) {
        guard let kind = ConfigResource.Kind(rawValue: record.resourceType) else { return }
        let resource = ConfigResource(kind: kind, name: record.resourceName)
        configs[resource, default: [:]][record.name] = record.value
        if configs[resource]?.isEmpty == true { configs[resource] = nil }
    }

    private mutating func apply(_ record: ClientQuotaRecord) {
        var entity = ClientQuotaEntity()
        for part in record.entity {
            guard let kind = ClientQuotaEntity.Kind(rawValue: part.entityType) else { return }
            entity.names[kind] = .some(part.entityName)
        }
        clientQuotas[entity, default: [:]][record.key] = record.remove ? nil : record.value
        if clientQuotas[entity]?.isEmpty == true { clientQuotas[entity] = nil }
    }

    private mutating func remove(_ id: TopicID) throws(MetadataReplayError) {
        guard let name = topicNames.removeValue(forKey: id) else {
            throw MetadataReplayError("the removal of the unknown topic id \(id)")
        }
        topics[name] = nil
        configs[.topic(name)] = nil
    }

    private mutating func apply(_ record: BrokerRegistrationChangeRecord) {
        guard brokers[record.brokerId]?.epoch == record.brokerEpoch else { return }
        // 1 sets, -1 clears, 0 leaves as it is.
        if record.fenced != 0 { brokers[record.brokerId]?.isFenced = record.fenced == 1 }
        if record.inControlledShutdown == 1 { brokers[record.brokerId]?.isInControlledShutdown = true }
        if !record.logDirs.isEmpty { brokers[record.brokerId]?.logDirectories = record.logDirs }
    }
}

/// A metadata log whose records contradict each other.
struct MetadataReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension MetadataImage.Partition {
    init(_ record: PartitionRecord) {
        self.init(
            replicas: record.replicas,
            isr: record.isr,
            removingReplicas: record.removingReplicas,
            addingReplicas: record.addingReplicas,
            leader: record.leader,
            leaderRecoveryState: record.leaderRecoveryState,
            leaderEpoch: record.leaderEpoch,
            partitionEpoch: record.partitionEpoch,
            directories: record.directories,
            eligibleLeaderReplicas: record.eligibleLeaderReplicas ?? [],
            lastKnownEligibleLeaderReplicas: record.lastKnownElr ?? []
        )
    }

    /// What the record leaves out stays; a new leader has a new epoch. See `PartitionChangeRecord`.
    mutating func apply(_ record: PartitionChangeRecord) {
        if let isr = record.isr { self.isr = isr }
        if let replicas = record.replicas { self.replicas = replicas }
        if let removing = record.removingReplicas { removingReplicas = removing }
        if let adding = record.addingReplicas { addingReplicas = adding }
        if let directories = record.directories { self.directories = directories }
        if let eligible = record.eligibleLeaderReplicas { eligibleLeaderReplicas = eligible }
        if let lastKnown = record.lastKnownElr { lastKnownEligibleLeaderReplicas = lastKnown }
        if record.leaderRecoveryState != -1 { leaderRecoveryState = record.leaderRecoveryState }
        // -2 means that the leader stays.
        if record.leader != BrokerID(-2) {
            leader = record.leader
            leaderEpoch = LeaderEpoch(leaderEpoch.rawValue &+ 1)
        }
        partitionEpoch &+= 1
    }
}

extension MetadataImage.Broker {
    init(_ record: RegisterBrokerRecord) {
        self.init(
            id: record.brokerId,
            epoch: record.brokerEpoch,
            incarnationID: record.incarnationId,
            endPoints: record.endPoints.map {
                MetadataImage.EndPoint(
                    listener: ListenerName($0.name),
                    host: $0.host,
                    port: $0.port,
                    securityProtocol: $0.securityProtocol
                )
            },
            rack: record.rack,
            isFenced: record.fenced,
            isInControlledShutdown: record.inControlledShutdown,
            logDirectories: record.logDirs,
            features: record.features.map {
                Feature(name: $0.name, least: $0.minSupportedVersion, most: $0.maxSupportedVersion)
            }
        )
    }
}
