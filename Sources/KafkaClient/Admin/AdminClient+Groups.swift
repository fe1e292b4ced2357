import KafkaProtocol
import Records

extension AdminClient {
    /// Every group, from every broker. `states` and `types` narrow it down where brokers can (2.6, 3.8).
    public func listGroups(
        states: [String] = [],
        types: [String] = []
    ) async throws(KafkaError) -> [ListGroupsResponse.ListedGroup] {
        let metadata = try await client.refreshedMetadata()
        var groups: [GroupID: ListGroupsResponse.ListedGroup] = [:]
        for broker in metadata.brokers.keys.sorted() {
            let response = try await client.send(to: .broker(broker)) { version -> ListGroupsRequest in
                var request = ListGroupsRequest()
                if version >= 4 { request.statesFilter = states }
                if version >= 5 { request.typesFilter = types }
                return request
            }
            guard response.errorCode == .none else { throw KafkaError(response.errorCode) }
            for group in response.groups { groups[group.groupId] = group }
        }
        return groups.values.sorted { $0.groupId < $1.groupId }
    }

    /// Classic groups and their members, each from its coordinator.
    public func describeGroups(
        _ ids: [GroupID]
    ) async throws(KafkaError) -> [GroupID: Result<DescribeGroupsResponse.DescribedGroup, KafkaError>] {
        var results: [GroupID: Result<DescribeGroupsResponse.DescribedGroup, KafkaError>] = [:]
        for id in ids {
            let response = try await coordinated(DescribeGroupsRequest(groups: [id]), id) { response in
                response.groups.first.map(\.errorCode)
            }
            for group in response.groups {
                results[group.groupId] =
                    group.errorCode == .none
                    ? .success(group) : .failure(KafkaError(group.errorCode, group.errorMessage))
            }
        }
        return results
    }

    /// Consumer groups of KIP-848 and their members, each from its coordinator.
    public func describeConsumerGroups(
        _ ids: [GroupID]
    ) async throws(KafkaError) -> [GroupID: Result<ConsumerGroupDescribeResponse.DescribedGroup, KafkaError>] {
        var results: [GroupID: Result<ConsumerGroupDescribeResponse.DescribedGroup, KafkaError>] = [:]
        for id in ids {
            let response = try await coordinated(ConsumerGroupDescribeRequest(groupIds: [id]), id) { response in
                response.groups.first.map(\.errorCode)
            }
            for group in response.groups {
                results[group.groupId] =
                    group.errorCode == .none
                    ? .success(group) : .failure(KafkaError(group.errorCode, group.errorMessage))
            }
        }
        return results
    }

    /// Deletes groups that have no members, with their offsets.
    public func deleteGroups(_ ids: [GroupID]) async throws(KafkaError) -> [GroupID: Result<Void, KafkaError>] {
        var results: [GroupID: Result<Void, KafkaError>] = [:]
        for id in ids {
            let response = try await coordinated(DeleteGroupsRequest(groupsNames: [id]), id) { response in
                response.results.first.map(\.errorCode)
            }
            for group in response.results { results[group.groupId] = AdminClient.result(group.errorCode, nil) }
        }
        return results
    }

    /// Sends to the group's coordinator; looks it up once more when it moved.
    private func coordinated<R: KafkaRequest>(
        _ request: R,
        _ group: GroupID,
        error: (R.Response) -> ErrorCode?
    ) async throws(KafkaError) -> R.Response {
        let response = try await client.send(request, to: .group(group))
        guard let code = error(response), code == .notCoordinator || code == .coordinatorNotAvailable else {
            return response
        }
        client.forgetCoordinator(of: .group(group))
        return try await client.send(request, to: .group(group))
    }
}
