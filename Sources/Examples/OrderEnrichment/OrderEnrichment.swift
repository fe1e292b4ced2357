import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Orders with what is known of their customer and their product: three tables, joined by foreign keys.
@main
struct OrderEnrichment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order-enrichment",
        abstract: "Join the table of orders with those of customers and products.",
        discussion: """
            Reads the tables customers, products and orders, and keeps orders-enriched up to date: when any of the three changes, the
            orders that it concerns come out anew. An order waits for its customer; a product that is not known is left out. A
            null value takes an order back. The topics may have different numbers of partitions.

            Examples:
              order-enrichment --demo
              order-enrichment --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.orderEnrichment().run(options) }
}

extension Example {
    static func orderEnrichment() throws -> Example {
        Example(
            applicationID: "order-enrichment",
            topology: try enrichmentTopology(),
            inputs: ["customers", "products", "orders"],
            output: "orders-enriched",
            steps: [
                Step(
                    "Two customers and a product:",
                    [
                        try Sample("customers", "c1", Customer(name: "han", city: "Seoul")),
                        try Sample("customers", "c2", Customer(name: "kim", city: "NewYork")),
                        try Sample("products", "p1", Product(title: "phone", price: 900)),
                    ]
                ),
                Step(
                    "Two orders of han's; nobody has told us what p2 is:",
                    [
                        try Sample("orders", "o1", Order(customerID: "c1", productID: "p1", quantity: 2)),
                        try Sample("orders", "o2", Order(customerID: "c1", productID: "p2", quantity: 1)),
                    ],
                    outputCount: 2
                ),
                Step(
                    "Now p2 is known, and the order that waits for it changes:",
                    [try Sample("products", "p2", Product(title: "case", price: 20))],
                    outputCount: 1
                ),
                Step(
                    "han moves, which both orders show:",
                    [try Sample("customers", "c1", Customer(name: "han", city: "jeju"))],
                    outputCount: 2
                ),
                Step("The first order is cancelled:", [Sample("orders", "o1", nil)], outputCount: 1),
            ],
            // Every change is to be seen, not only the last of each commit.
            properties: ["statestore.cache.max.bytes": "0"]
        )
    }
}
