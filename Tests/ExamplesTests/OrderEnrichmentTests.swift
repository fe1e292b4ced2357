import Records
import Streams
import StreamsTesting
import Testing

@testable import order_enrichment

/// Three tables and two foreign keys: what a change of each does, and what removing does.
@Suite struct OrderEnrichmentTests {
    private static let order = Order(customerID: "c1", productID: "p1", quantity: 2)
    private static let han = Customer(name: "han", city: "Seoul")
    private static let phone = Product(title: "phone", price: 900)

    /// The tables of a driver.
    private struct Tables {
        let customers: TestInputTopic<String, Customer>
        let products: TestInputTopic<String, Product>
        let orders: TestInputTopic<String, Order>
        private let output: TestOutputTopic<String, EnrichedOrder>

        init(_ driver: TopologyTestDriver) {
            customers = driver.inputTopic("customers", String.self, Customer.self)
            products = driver.inputTopic("products", String.self, Product.self)
            orders = driver.inputTopic("orders", String.self, Order.self)
            output = driver.outputTopic("orders-enriched", String.self, EnrichedOrder.self)
        }

        /// What has come out since the last call.
        func changes() throws -> [String] {
            try output.readRecords().map { record in
                guard let order = record.value else { return "\(record.key ?? "") null @\(record.timestamp)" }
                let product = "\(order.product ?? "?") \(order.total.map { "\($0)" } ?? "?")"
                return "\(record.key ?? "") \(order.customer) \(order.city) \(product) @\(record.timestamp)"
            }
        }
    }

    @Test func `an order waits for its customer, and not for its product`() throws {
        try withDriver(try enrichmentTopology()) { driver in
            let tables = Tables(driver)
            try tables.orders.pipe("o1", Self.order, at: 1)
            #expect(try tables.changes() == [])
            try tables.customers.pipe("c1", Self.han, at: 2)
            #expect(try tables.changes() == ["o1 han Seoul ? ? @2"])
            try tables.products.pipe("p1", Self.phone, at: 3)
            #expect(try tables.changes() == ["o1 han Seoul phone 1800 @3"])
        }
    }

    @Test func `a change of a customer or product reaches all orders that name it, and no others`() throws {
        try withDriver(try enrichmentTopology()) { driver in
            let tables = Tables(driver)
            try tables.customers.pipe("c1", Self.han, at: 1)
            try tables.customers.pipe("c2", Customer(name: "kim", city: "NewYork"), at: 1)
            try tables.products.pipe("p1", Self.phone, at: 1)
            try tables.orders.pipe("o1", Self.order, at: 2)
            try tables.orders.pipe("o2", Order(customerID: "c1", productID: "p2", quantity: 1), at: 2)
            try tables.orders.pipe("o3", Order(customerID: "c2", productID: "p1", quantity: 1), at: 2)
            _ = try tables.changes()
            try tables.customers.pipe("c1", Customer(name: "han", city: "jeju"), at: 3)
            #expect(try tables.changes().sorted() == ["o1 han jeju phone 1800 @3", "o2 han jeju ? ? @3"])
            try tables.products.pipe("p1", Product(title: "phone", price: 800), at: 4)
            #expect(try tables.changes().sorted() == ["o1 han jeju phone 1600 @4", "o3 kim NewYork phone 800 @4"])
        }
    }

    @Test func `an order that names another customer is told once, with that one`() throws {
        try withDriver(try enrichmentTopology()) { driver in
            let tables = Tables(driver)
            try tables.customers.pipe("c1", Self.han, at: 1)
            try tables.customers.pipe("c2", Customer(name: "kim", city: "NewYork"), at: 1)
            try tables.orders.pipe("o1", Self.order, at: 2)
            _ = try tables.changes()
            try tables.orders.pipe("o1", Order(customerID: "c2", productID: "p1", quantity: 2), at: 3)
            #expect(try tables.changes() == ["o1 kim NewYork ? ? @3"])
            try tables.customers.pipe("c1", Customer(name: "han", city: "jeju"), at: 4)
            #expect(try tables.changes() == [], "nobody asks for c1 any more")
        }
    }

    @Test func `removing an order or its customer removes the result, removing its product does not`() throws {
        try withDriver(try enrichmentTopology()) { driver in
            let tables = Tables(driver)
            try tables.customers.pipe("c1", Self.han, at: 1)
            try tables.products.pipe("p1", Self.phone, at: 1)
            try tables.orders.pipe("o1", Self.order, at: 2)
            _ = try tables.changes()
            try tables.products.pipe("p1", nil, at: 3)
            #expect(try tables.changes() == ["o1 han Seoul ? ? @3"])
            try tables.customers.pipe("c1", nil, at: 4)
            #expect(try tables.changes() == ["o1 null @4"])
            try tables.customers.pipe("c1", Self.han, at: 5)
            #expect(try tables.changes() == ["o1 han Seoul ? ? @5"])
            try tables.orders.pipe("o1", nil, at: 6)
            #expect(try tables.changes() == ["o1 null @6"])
        }
    }
}
