import KafkaProtocol
import Records

extension AdminClient {
    /// Every group, from every broker. `states` and `types` narrow it down where brokers can (2.6, 3.8).
    public func listGroups(
        states: [GroupState] = [],
        types: [GroupType] = []
    ) async throws(KafkaError) -> [ListGroupsResponse.ListedGroup] {
        let metadata = try await client.refreshedMetadata()
        var groups: [GroupID: ListGroupsResponse.ListedGroup] = [:]
        for broker in metadata.brokers.keys.sorted() {
            let response = try await client.send(to: .broker(broker)) { version -> ListGroupsRequest in
                var request = ListGroupsRequest()
                if version >= 4 { request.statesFilter = states.map(\.rawValue) }
                if version >= 5 { request.typesFilter = types.map(\.rawValue) }
                return request
            }
            guard response.errorCode == .none else { throw KafkaError(response.errorCode) }
            for group in response.groups { groups[group.groupId] = group }
        }
        return groups.values.sorted { $0.groupId < $1.groupId }
    }

    /// Groups with their members, of either protocol; a group that nobody knows comes as ``GroupState/dead``.
    public func describe(
        groups ids: [GroupID]
    ) async throws(KafkaError) -> [GroupID: Result<GroupDescription, KafkaError>] {
        let call = "describeConsumerGroups(api=CONSUMER_GROUP_DESCRIBE)"
        return try await atCoordinators(ids, call: call) {
            node,
            ids throws(KafkaError) -> [GroupID: Result<GroupDescription, KafkaError>] in
            var results = try await describeNew(ids, node)
            let others = ids.filter { results[$0] == nil }
            guard !others.isEmpty else { return results }
            let response = try await client.send(DescribeGroupsRequest(groups: others), to: .broker(node.id))
            for group in response.groups {
                results[group.groupId] = AdminClient.description(group, node)
            }
            return results
        }
    }

    /// Those of the groups that follow KIP-848; brokers before 3.7 know none.
    private func describeNew(
        _ ids: [GroupID],
        _ node: BrokerNode
    ) async throws(KafkaError) -> [GroupID: Result<GroupDescription, KafkaError>] {
        var results: [GroupID: Result<GroupDescription, KafkaError>] = [:]
        do {
            let response = try await client.send(ConsumerGroupDescribeRequest(groupIds: ids), to: .broker(node.id))
            for group in response.groups {
                switch group.errorCode {
                case .none: results[group.groupId] = .success(GroupDescription(group, coordinator: node))
                case .groupIdNotFound, .unsupportedVersion: continue
                default: results[group.groupId] = .failure(KafkaError(group.errorCode, group.errorMessage))
                }
            }
        } catch  where error.code == .unsupportedVersion {
            return [:]
        }
        return results
    }

    private static func description(
        _ group: DescribeGroupsResponse.DescribedGroup,
        _ node: BrokerNode
    ) -> Result<GroupDescription, KafkaError> {
        switch group.errorCode {
        case .none:
            return Result { () throws(KafkaError) in try GroupDescription(group, coordinator: node) }
        case .groupIdNotFound:
            return .success(GroupDescription(unknown: group.groupId, coordinator: node))
        default:
            return .failure(KafkaError(group.errorCode, group.errorMessage))
        }
    }

    /// Deletes groups that have no members, with their offsets.
    public func deleteGroups(_ ids: [GroupID]) async throws(KafkaError) -> [GroupID: Result<Void, KafkaError>] {
        try await atCoordinators(ids, call: "deleteConsumerGroups(api=DELETE_GROUPS)") {
            node,
            ids throws(KafkaError) -> [GroupID: Result<Void, KafkaError>] in
            let response = try await client.send(DeleteGroupsRequest(groupsNames: ids), to: .broker(node.id))
            var results: [GroupID: Result<Void, KafkaError>] = [:]
            for group in response.results { results[group.groupId] = AdminClient.result(group.errorCode, nil) }
            return results
        }
    }
}
