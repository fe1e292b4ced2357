import KafkaProtocol
import Records

extension AdminClient {
    /// Asks the coordinators of groups, in one request a coordinator; again while they move or load, until
    /// `default.api.timeout.ms` has passed. Errors of single groups come back with the group.
    func atCoordinators<Value: Sendable>(
        _ groups: [GroupID],
        call: String,
        ask: (BrokerNode, [GroupID]) async throws(KafkaError) -> [GroupID: Result<Value, KafkaError>]
    ) async throws(KafkaError) -> [GroupID: Result<Value, KafkaError>] {
        var open = Set(groups)
        var results: [GroupID: Result<Value, KafkaError>] = [:]
        var reasons: [GroupID: KafkaError] = [:]
        var attempts = Attempts(call: call, client: client)
        while !open.isEmpty {
            var found: [BrokerNode: [GroupID]] = [:]
            var answers: [GroupID: Result<Value, KafkaError>] = [:]
            for (group, result) in try await coordinators(of: open.sorted()) {
                switch result {
                case .success(let node): found[node, default: []].append(group)
                case .failure(let error): answers[group] = .failure(error)
                }
            }
            await client.learn(Array(found.keys))
            for (node, ids) in found.sorted(by: { $0.key.id < $1.key.id }) {
                answers.merge(try await ask(node, ids.sorted())) { $1 }
            }
            for (group, answer) in answers {
                if case .failure(let error) = answer, error.isRetriable {
                    reasons[group] = error
                } else {
                    results[group] = answer
                    open.remove(group)
                }
            }
            guard !open.isEmpty, await attempts.mayTryAgain() else { break }
        }
        for group in open { results[group] = .failure(attempts.timedOut(reasons[group])) }
        return results
    }

    /// Who coordinates each of `groups`: one request for all, from brokers before 3.0 one for each.
    private func coordinators(
        of groups: [GroupID]
    ) async throws(KafkaError) -> [GroupID: Result<BrokerNode, KafkaError>] {
        func look(up keys: [String]) async throws(KafkaError) -> FindCoordinatorResponse {
            try await client.send(to: .any) { version -> FindCoordinatorRequest in
                var request = FindCoordinatorRequest()
                if version >= 1 { request.keyType = CoordinatorCache.Kind.group.rawValue }
                if version >= 4 { request.coordinatorKeys = keys } else { request.key = keys.first ?? "" }
                return request
            }
        }
        var found: [GroupID: Result<BrokerNode, KafkaError>] = [:]
        let response = try await look(up: groups.map(\.rawValue))
        guard response.coordinators.isEmpty else {
            for group in groups { found[group] = response.coordinator(of: group.rawValue) }
            return found
        }
        for (place, group) in groups.enumerated() {
            let answer = place == 0 ? response : try await look(up: [group.rawValue])
            found[group] = answer.coordinator(of: group.rawValue)
        }
        return found
    }
}
