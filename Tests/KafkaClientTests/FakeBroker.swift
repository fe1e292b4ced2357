import KafkaProtocol
import Records
import Synchronization
import Transport

/// A broker in a hundred lines: it keeps what is produced, checks sequences as Kafka does, and fails as it is told.
final class FakeBroker: FrameService {
    /// What happens to a Produce request.
    enum Fault {
        /// Nothing is written, the connection closes.
        case lostRequest
        /// It is written, the connection closes before the answer.
        case lostAnswer
        case error(ErrorCode)
    }

    struct State {
        var partitions: [TopicName: Int32] = [:]
        var log: [TopicPartition: [String]] = [:]
        var faults: () -> Fault? = { nil }
        var served: [APIKey] = []
        var latestVersions: [APIKey: Int16] = [:]
        var coordinatorFailures = 0
        var closesAfterFrames: Int?
        fileprivate var producers: [TopicPartition: Producer] = [:]
        fileprivate var nextProducerID: Int64 = 100
    }

    fileprivate struct Producer {
        var id: ProducerID
        var epoch: ProducerEpoch
        var nextSequence: Int32
        /// Base sequence and offset of the last five batches.
        var recent: [(sequence: Int32, offset: Int64)]
    }

    let state: Mutex<State>

    init(topics: [TopicName: Int32]) {
        var state = State()
        state.partitions = topics
        self.state = Mutex(state)
    }

    func openSession(_ connection: ServerConnection) -> (any FrameSession)? { Session(broker: self) }

    private final class Session: FrameSession {
        let broker: FakeBroker
        init(broker: FakeBroker) { self.broker = broker }

        func receive(_ frame: Bytes, reply: ReplySlot) {
            do {
                let (header, body) = try RequestHeader.decode(frame)
                try broker.serve(header, body, reply)
            } catch {
                reply.close(reason: "\(error)")
            }
        }

        func closed(reason: String) {}
    }

    private func serve(_ header: RequestHeader, _ body: Bytes, _ reply: ReplySlot) throws {
        state.withLock { $0.served.append(header.apiKey) }
        let version = header.apiVersion
        func answer(_ response: some KafkaResponse, version: Int16) throws {
            reply.send(try response.frame(version: version, correlationID: header.correlationID))
        }
        switch header.apiKey {
        case .apiVersions:
            let latest = state.withLock { $0.latestVersions[.apiVersions] } ?? 4
            try answer(apiVersions(isKnown: version <= latest), version: version <= latest ? version : 0)
        case .metadata:
            try answer(metadata(try MetadataRequest.decode(body, version: version)), version: version)
        case .initProducerId:
            var response = InitProducerIdResponse()
            // As Kafka does: null is no transactional id, the empty text is an invalid one.
            if try InitProducerIdRequest.decode(body, version: version).transactionalId != nil {
                response.errorCode = .invalidRequest
                return try answer(response, version: version)
            }
            response.producerId = state.withLock { state in
                state.nextProducerID += 1
                return ProducerID(state.nextProducerID)
            }
            response.producerEpoch = 0
            try answer(response, version: version)
        case .findCoordinator:
            try answer(
                coordinator(try FindCoordinatorRequest.decode(body, version: version), version),
                version: version
            )
        case .describeGroups:
            try answer(DescribeGroupsResponse(), version: version)
        case .produce:
            let request = try ProduceRequest.decode(body, version: version)
            let fault = state.withLock { $0.faults() }
            if case .lostRequest = fault { return reply.close(reason: "a fault") }
            var code = ErrorCode.none
            if case .error(let told) = fault { code = told }
            let response = try produce(request, code)
            if case .lostAnswer = fault { return reply.close(reason: "a fault") }
            if request.acks == 0 { reply.sendNothing() } else { try answer(response, version: version) }
        default:
            reply.close(reason: "no \(header.apiKey)")
        }
    }

    private func apiVersions(isKnown: Bool) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = isKnown ? .none : .unsupportedVersion
        let latest = state.withLock { $0.latestVersions }
        response.apiKeys = APIKey.all.compactMap { key in
            guard let versions = key.versions else { return nil }
            var api = ApiVersionsResponse.ApiVersion()
            api.apiKey = key.rawValue
            api.minVersion = versions.lowerBound
            api.maxVersion = min(versions.upperBound, latest[key] ?? .max)
            return api
        }
        return response
    }

    private func metadata(_ request: MetadataRequest) -> MetadataResponse {
        var response = MetadataResponse()
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.nodeId = 1
        broker.host = "broker"
        broker.port = 9092
        response.brokers = [broker]
        response.controllerId = 1
        let known = state.withLock { $0.partitions }
        let names = request.topics?.compactMap(\.name) ?? known.keys.sorted()
        response.topics = names.map { name in
            var topic = MetadataResponse.MetadataResponseTopic()
            topic.name = name
            guard let count = known[name] else {
                topic.errorCode = .unknownTopicOrPartition
                return topic
            }
            topic.topicId = TopicID(KafkaUUID(high: 1, low: UInt64(name.rawValue.utf8.count)))
            topic.partitions = (0..<count).map { index in
                var partition = MetadataResponse.MetadataResponsePartition()
                partition.partitionIndex = PartitionIndex(index)
                partition.leaderId = 1
                partition.leaderEpoch = 0
                return partition
            }
            return topic
        }
        return response
    }

    private func coordinator(_ request: FindCoordinatorRequest, _ version: Int16) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        let code: ErrorCode = state.withLock { state in
            guard state.coordinatorFailures > 0 else { return .none }
            state.coordinatorFailures -= 1
            return .coordinatorNotAvailable
        }
        if version >= 4 {
            response.coordinators = request.coordinatorKeys.map { key in
                var found = FindCoordinatorResponse.Coordinator()
                found.key = key
                found.errorCode = code
                found.nodeId = 1
                found.host = "broker"
                found.port = 9092
                return found
            }
        } else {
            response.errorCode = code
            response.nodeId = 1
            response.host = "broker"
            response.port = 9092
        }
        return response
    }

    private func produce(_ request: ProduceRequest, _ code: ErrorCode) throws -> ProduceResponse {
        var response = ProduceResponse()
        for topic in request.topicData {
            var answer = ProduceResponse.TopicProduceResponse()
            let name = try name(topic)
            answer.name = topic.name
            answer.topicId = topic.topicId
            for partition in topic.partitionData {
                var told = ProduceResponse.PartitionProduceResponse()
                told.index = partition.index
                told.errorCode = code
                if code == .none, let bytes = partition.records?.bytes {
                    let batch = try RecordBatch(bytes)
                    try batch.validateCRC()
                    (told.errorCode, told.baseOffset) = try append(batch, TopicPartition(name, partition.index))
                }
                answer.partitionResponses.append(told)
            }
            response.responses.append(answer)
        }
        return response
    }

    private func name(_ topic: ProduceRequest.TopicProduceData) throws -> TopicName {
        guard topic.name.rawValue.isEmpty else { return topic.name }
        return state.withLock { state in
            state.partitions.keys.first { UInt64($0.rawValue.utf8.count) == topic.topicId.rawValue.low } ?? "?"
        }
    }

    private func append(_ batch: RecordBatch, _ partition: TopicPartition) throws -> (ErrorCode, Offset) {
        let values = try batch.records().map { $0.value?.utf8 ?? "" }
        return state.withLock { state in
            let end = Int64(state.log[partition]?.count ?? 0)
            if batch.producerID != .none {
                let fresh = Producer(id: batch.producerID, epoch: batch.producerEpoch, nextSequence: 0, recent: [])
                var producer = state.producers[partition] ?? fresh
                if producer.id != batch.producerID || producer.epoch < batch.producerEpoch { producer = fresh }
                if producer.epoch > batch.producerEpoch { return (.invalidProducerEpoch, Offset(-1)) }
                if let known = producer.recent.first(where: { $0.sequence == batch.baseSequence }) {
                    return (.none, Offset(known.offset))
                }
                guard batch.baseSequence == producer.nextSequence else {
                    return (.outOfOrderSequenceNumber, Offset(-1))
                }
                producer.nextSequence += batch.recordCount
                producer.recent = Array((producer.recent + [(batch.baseSequence, end)]).suffix(5))
                state.producers[partition] = producer
            }
            state.log[partition, default: []] += values
            return (.none, Offset(end))
        }
    }
}
