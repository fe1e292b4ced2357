import Records
import Streams
import StreamsTesting

// What must not compile: each line that is marked, and no other.

struct Plain: Sendable {
    var text = ""
}

final class NumberProcessor: Processor {
    func start(_ context: ProcessorContext<String, Int64>) {}
    func process(_ record: StreamRecord<String, Int64>) {}
}

final class KeyChanger: FixedKeyProcessor {
    private var context: FixedKeyProcessorContext<String, Int64>?
    func start(_ context: FixedKeyProcessorContext<String, Int64>) { self.context = context }
    func process(_ record: FixedKeyRecord<String, Int64>) throws {
        try context?.forward(record)
        try context?.forward(FixedKeyRecord(key: "other", value: 1, timestamp: 0, headers: []))  // refused
        try context?.forward(record.with(key: "other"))  // refused
    }
}

func serdes(_ builder: StreamsBuilder) {
    _ = builder.stream("a", String.self, Int64.self)
    _ = builder.stream("a", String.self, Plain.self)  // refused
    _ = builder.table("a", Plain.self, String.self)  // refused
    let numbers: KStream<Int64, Int64> = builder.stream("a", key: .int64, value: .int64)
    let wrong: KStream<Int64, Int64> = builder.stream("a", key: .string, value: .int64)  // refused
    _ = wrong
    numbers.to("b", key: .int64, value: .int64)
    numbers.to("b", key: .string)  // refused
    numbers.to("b", value: .string)  // refused
    _ = numbers.groupBy(key: .int64) { key, _ in key }
    _ = numbers.groupBy(key: .string) { key, _ in key }  // refused
    _ = numbers.groupByKey().count(materialized: .with(.int64, .int64))
    _ = numbers.groupByKey().count(materialized: .with(.int64, .string))  // refused
    _ = numbers.groupByKey().reduce(materialized: Materialized<String, Int64>("store")) { $0 + $1 }  // refused
}

func joins(_ builder: StreamsBuilder) {
    let orders = builder.stream("orders", String.self, String.self)
    let numbered = builder.stream("numbered", Int64.self, String.self)
    let names = builder.table("names", String.self, String.self)
    let places = builder.table("places", Int64.self, String.self)
    let rates = builder.globalTable("rates", Int64.self, Double.self)
    _ = orders.join(names) { order, name in order + name }
    _ = orders.join(places) { order, place in order + place }  // refused
    _ = numbered.leftJoin(names) { order, name in order }  // refused
    _ = orders.join(numbered, within: .difference(.seconds(1))) { left, right in left + right }  // refused
    _ = names.outerJoin(places) { name, place in "" }  // refused
    _ = names.join(places, foreignKey: { name in Int64(name.count) }) { name, place in name + place }
    _ = names.join(places, foreignKey: { name in name }) { name, place in name + place }  // refused
    _ = orders.join(rates, select: { _, order in Int64(order.count) }) { order, rate in rate }
    _ = orders.join(rates, select: { key, _ in key }) { order, rate in rate }  // refused
    _ = orders.merge(builder.stream("other", String.self, String.self))
    _ = orders.merge(numbered)  // refused
}

func grouping(_ builder: StreamsBuilder) {
    let orders = builder.stream("orders", String.self, Int64.self)
    let table = builder.table("table", String.self, Int64.self)
    let rates = builder.globalTable("rates", String.self, Double.self)
    _ = orders.groupByKey().count()
    _ = orders.count()  // refused
    _ = orders.reduce { $0 + $1 }  // refused
    _ = orders.windowedBy(.tumbling(.seconds(1)))  // refused
    _ = table.count()  // refused
    _ = table.groupBy { key, value in (key, value) }.aggregate(
        initial: Int64(0),
        add: { $2 + $1 },
        subtract: { $2 - $1 }
    )
    _ = table.groupBy { key, value in (key, value) }.aggregate(initial: Int64(0), add: { $2 + $1 })  // refused
    _ = table.groupBy { key, value in (key, value) }.windowedBy(.tumbling(.seconds(1)))  // refused
    _ = rates.toStream()  // refused
    _ = orders.groupByKey().windowedBy(.session(gap: .seconds(1))).aggregate(initial: Int64(0), merge: { $1 + $2 }) {
        $2 + $1
    }
    _ = orders.groupByKey().windowedBy(.session(gap: .seconds(1))).aggregate(initial: Int64(0)) { $2 + $1 }  // refused
    _ = orders.groupByKey().windowedBy(.tumbling(.seconds(1))).count().suppress(.untilWindowCloses())
    _ = table.suppress(.untilWindowCloses())  // refused
}

func processors(_ builder: StreamsBuilder) throws {
    let texts = builder.stream("texts", String.self, String.self)
    let numbers = builder.stream("numbers", String.self, Int64.self)
    _ = numbers.process { NumberProcessor() }
    _ = texts.process { NumberProcessor() }  // refused
    _ = texts.processValues { KeyChanger() }  // refused
    let driver = try TopologyTestDriver(builder.build())
    try driver.inputTopic("numbers", String.self, Int64.self).pipe("a", 1)
    try driver.inputTopic("numbers", String.self, Int64.self).pipe("a", "one")  // refused
}
