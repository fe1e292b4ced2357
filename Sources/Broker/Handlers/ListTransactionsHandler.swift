import Coordination
import KafkaProtocol
import Records

/// ListTransactions (66), versions 0 to 2.
///
/// Every transactional id that this broker coordinates, filtered by state and producer id (KIP-664), by how long ago its
/// transaction began (version 1, KIP-994), and by a regular expression for its name (version 2, KIP-1152). States that
/// there are none of are answered as such. While a partition loads, COORDINATOR_LOAD_IN_PROGRESS.
struct ListTransactionsHandler: RequestHandler {
    let coordinator: TransactionCoordinator

    func handle(
        _ request: ListTransactionsRequest,
        _ context: RequestContext,
        _ reply: Reply<ListTransactionsResponse>
    ) {
        let pattern: NamePattern?
        do throws(NamePattern.Flaw) {
            pattern = try request.transactionalIdPattern.flatMap { text throws(NamePattern.Flaw) in
                text.isEmpty ? nil : try NamePattern(text)
            }
        } catch { return reply.send(ListTransactionsResponse(errorCode: .invalidRegularExpression)) }
        var filter = TransactionFilter()
        filter.isRestrictedToStates = !request.stateFilters.isEmpty
        filter.states = Set(request.stateFilters.compactMap(TransactionState.init(name:)))
        filter.producerIDs = Set(request.producerIdFilters)
        if request.durationFilter >= 0 { filter.longerThan = .milliseconds(request.durationFilter) }
        let unknown = request.stateFilters.filter { TransactionState(name: $0) == nil }
        coordinator.list(filter) { result in
            switch result {
            case .failure(let error): reply.send(ListTransactionsResponse(errorCode: error.errorCode))
            case .success(let records):
                reply.send(
                    ListTransactionsResponse(
                        unknownStateFilters: unknown,
                        transactionStates: records.compactMap { record in
                            guard let metadata = record.metadata else { return nil }
                            if let pattern, !pattern.matches(record.transactionalID.rawValue) { return nil }
                            return .init(
                                transactionalId: record.transactionalID,
                                producerId: metadata.producerID,
                                transactionState: metadata.state.name
                            )
                        }
                    )
                )
            }
        }
    }
}
