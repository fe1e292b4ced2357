import Records
import Testing

@testable import Streams

@Suite struct PartitionPlanTests {
    private func plan(_ builder: StreamsBuilder, _ existing: [TopicName: Int32]) throws -> PartitionPlan {
        try PartitionPlan(builder.build(), applicationID: "app", existing: existing)
    }

    @Test func `tasks follow the widest topic, and a repartition topic follows what is written to it`() throws {
        let builder = StreamsBuilder()
        builder.stream("a", String.self, String.self).merge(builder.stream("b", String.self, String.self))
            .groupBy { value in value }.count().toStream().to("out")
        let plan = try plan(builder, ["a": 2, "b": 3])
        #expect(plan.repartitionTopics == ["app-KSTREAM-AGGREGATE-STATE-STORE-0000000004-repartition": 3])
        #expect(plan.changelogTopics.values.map(\.partitionCount) == [3])
        #expect(plan.tasks.keys.sorted().map(\.description) == ["0_0", "0_1", "0_2", "1_0", "1_1", "1_2"])
        #expect(plan.tasks[TaskID(subTopology: 0, partition: 2)] == [TopicPartition("b", 2)])
        #expect(plan.statefulTasks.allSatisfy { $0.subTopology == 1 })
    }

    @Test func `a repartitioned stream takes the width of the table that it is joined with`() throws {
        let builder = StreamsBuilder()
        let table = builder.table("table", String.self, String.self)
        builder.stream("stream", String.self, String.self).selectKey { _, value in value }
            .join(table) { $0 + $1 }.to("out")
        let plan = try plan(builder, ["table": 5, "stream": 2])
        #expect(Array(plan.repartitionTopics.values) == [5])
    }

    @Test func `the topics of joins by foreign key take the widths of the tables that they lead to`() throws {
        let builder = StreamsBuilder()
        let customers = builder.table("customers", String.self, String.self)
        let products = builder.table("products", String.self, String.self)
        builder.table("orders", String.self, String.self)
            .join(customers, foreignKey: { $0 }, named: "customer") { $0 + $1 }
            .leftJoin(products, foreignKey: { $0 }, named: "product") { $0 + ($1 ?? "") }
            .groupBy(named: "value") { ($1, $0) }.count().toStream().to("out")
        let plan = try plan(builder, ["orders": 2, "customers": 3, "products": 5])
        #expect(
            plan.repartitionTopics == [
                "app-customer-subscription-registration-topic": 3, "app-customer-subscription-response-topic": 2,
                "app-product-subscription-registration-topic": 5, "app-product-subscription-response-topic": 2,
                "app-value-repartition": 2,
            ]
        )
    }

    @Test func `topics that are joined need the same width`() throws {
        let builder = StreamsBuilder()
        let table = builder.table("table", String.self, String.self)
        builder.stream("stream", String.self, String.self).join(table) { $0 + $1 }.to("out")
        let error = #expect(throws: TopologyException.self) { try plan(builder, ["table": 1, "stream": 2]) }
        let text = try #require(error?.description)
        #expect(text.contains("KSTREAM-JOIN-0000000004"))
        #expect(text.contains("stream has 2 partitions"))
        #expect(text.contains("table has 1 partition"))
    }

    @Test func `missing topics are named together`() throws {
        let builder = StreamsBuilder()
        builder.stream("b", String.self, String.self).merge(builder.stream("a", String.self, String.self)).to("out")
        #expect(throws: MissingSourceTopicException(topics: ["a", "b"])) { try plan(builder, ["out": 1]) }
    }
}
