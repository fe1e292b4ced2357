import KafkaClient
import Records
import Streams

// What the samples of the documentation take for granted: the words of a shop. Each sample becomes a function of `Samples`.

struct Order: Codable, Hashable, Sendable, SerdeProviding {
    var id = ""
    var customerID = ""
    var productID = ""
    var amount = 0.0
    var isTest = false

    static var serde: Serde<Order> { SampleSerde.of(Order()) }
}

struct Customer: Codable, Hashable, Sendable, SerdeProviding {
    var name = ""
    var city = ""
    var spent = 0.0

    static var serde: Serde<Customer> { SampleSerde.of(Customer()) }
}

struct Product: Codable, Hashable, Sendable, SerdeProviding {
    var title = ""
    var price = 0.0

    static var serde: Serde<Product> { SampleSerde.of(Product()) }
}

struct Payment: Codable, Hashable, Sendable, SerdeProviding {
    var amount = 0.0
    var time: Timestamp { Timestamp(0) }

    static var serde: Serde<Payment> { SampleSerde.of(Payment()) }
}

enum SampleSerde {
    static func of<Value: Sendable>(_ value: Value) -> Serde<Value> {
        Serde(name: "sample", serialize: { _, _ in true }, deserialize: { _ in value })
    }
}

/// A processor that a user has written.
final class Deduplication: Processor {
    func start(_ context: ProcessorContext<String, String>) {}
    func process(_ record: StreamRecord<String, String>) {}
}

struct Samples {
    let builder = StreamsBuilder()
    let client = KafkaClient(ClientConfiguration(bootstrapServers: []))

    // Streams
    var orders: KStream<String, Order> { builder.stream("orders", String.self, Order.self) }
    var returns: KStream<String, Order> { builder.stream("returns", String.self, Order.self) }
    var payments: KStream<String, Payment> { builder.stream("payments", String.self, Payment.self) }
    var lines: KStream<String, String> { builder.stream("lines", String.self, String.self) }
    var words: KStream<String, String> { builder.stream("words", String.self, String.self) }
    var views: KStream<String, String> { builder.stream("views", String.self, String.self) }
    var clicks: KStream<String, String> { builder.stream("clicks", String.self, String.self) }
    var readings: KStream<String, Double> { builder.stream("readings", String.self, Double.self) }
    var bids: KStream<String, Int64> { builder.stream("bids", String.self, Int64.self) }

    // Tables
    var customers: KTable<String, Customer> { builder.table("customers", String.self, Customer.self) }
    var openOrders: KTable<String, Order> { builder.table("open-orders", String.self, Order.self) }
    var addresses: KTable<String, String> { builder.table("addresses", String.self, String.self) }
    var names: KTable<String, String> { builder.table("names", String.self, String.self) }
    var emails: KTable<String, String> { builder.table("emails", String.self, String.self) }
    var counts: KTable<String, Int64> { builder.table("counts", String.self, Int64.self) }
    var viewsPerMinute: KTable<Windowed<String>, Int64> {
        views.groupByKey().windowedBy(.tumbling(.seconds(60), grace: .seconds(5))).count()
    }
    var products: GlobalKTable<String, Product> { builder.globalTable("products", String.self, Product.self) }

    var topology: Topology { get throws { try builder.build() } }
}
