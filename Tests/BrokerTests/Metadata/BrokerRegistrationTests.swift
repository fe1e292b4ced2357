import KafkaProtocol
import Records
import Testing

@testable import Broker

@Suite struct BrokerRegistrationTests {
    @Test func `a node leads what has no leader and what it has all records of, with a new epoch`() throws {
        var image = MetadataImage(clusterID: "test")
        let id = TopicID(KafkaUUID(high: 1, low: 2))
        try image.apply(.topic(TopicRecord(name: "orders", topicId: id)))
        let leaders: [(leader: BrokerID, isr: [BrokerID])] = [(.none, [1]), (1, [1]), (.none, [2])]
        for (index, (leader, isr)) in leaders.enumerated() {
            let partition = PartitionRecord(
                partitionId: PartitionIndex(Int32(index)),
                topicId: id,
                replicas: [1, 2],
                isr: isr,
                leader: leader,
                leaderEpoch: 4,
                partitionEpoch: 0
            )
            try image.apply(.partition(partition))
        }
        let registration = BrokerRegistration(
            nodeID: 1,
            incarnationID: .zero,
            endPoints: [],
            rack: nil,
            logDirectories: []
        )
        for record in registration.elections(image) { try image.apply(record) }
        #expect(image.topic("orders")?.partitions.map(\.leader) == [1, 1, .none])
        #expect(image.topic("orders")?.partitions.map(\.leaderEpoch) == [5, 4, 4])
    }
}
