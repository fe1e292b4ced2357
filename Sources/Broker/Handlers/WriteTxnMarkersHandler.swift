import Coordination
import KafkaProtocol
import Records

/// WriteTxnMarkers (27), versions 1 and 2.
///
/// Appends transaction markers: what coordinators of other brokers send, and an operator who aborts a transaction that
/// its coordinator has forgotten (KIP-664). Version 2 tells whether the transaction follows version 2, where a marker must
/// have a higher epoch than the transaction that it ends (KIP-890).
struct WriteTxnMarkersHandler: RequestHandler {
    let writer: TransactionMarkerWriter

    private typealias Result = WriteTxnMarkersResponse.WritableTxnMarkerResult

    func handle(
        _ request: WriteTxnMarkersRequest,
        _ context: RequestContext,
        _ reply: Reply<WriteTxnMarkersResponse>
    ) {
        let places = request.markers.enumerated().flatMap { index, marker in
            marker.topics.flatMap { topic in
                topic.partitionIndexes.map { (marker: index, partition: TopicPartition(topic.name, $0)) }
            }
        }
        guard !places.isEmpty else { return reply.send(WriteTxnMarkersHandler.response(request, [])) }
        let gathering = Gathering<ErrorCode>(count: places.count) { codes in
            reply.send(WriteTxnMarkersHandler.response(request, codes))
        }
        for (index, place) in places.enumerated() {
            let asked = request.markers[place.marker]
            let marker = TransactionMarkerWriter.Marker(
                producer: ProducerIdentity(asked.producerId, asked.producerEpoch),
                commits: asked.transactionResult,
                coordinatorEpoch: asked.coordinatorEpoch,
                version: TransactionVersion(rawValue: Int16(asked.transactionVersion))
            )
            writer.write(marker, to: place.partition) { gathering.put($0, at: index) }
        }
    }

    /// `codes` are in the order of the request's partitions.
    private static func response(_ request: WriteTxnMarkersRequest, _ codes: [ErrorCode]) -> WriteTxnMarkersResponse {
        var codes = codes[...]
        return WriteTxnMarkersResponse(
            markers: request.markers.map { marker in
                Result(
                    producerId: marker.producerId,
                    topics: marker.topics.map { topic in
                        .init(
                            name: topic.name,
                            partitions: topic.partitionIndexes.map {
                                .init(partitionIndex: $0, errorCode: codes.popFirst() ?? .none)
                            }
                        )
                    }
                )
            }
        )
    }
}
