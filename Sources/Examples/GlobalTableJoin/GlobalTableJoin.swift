import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Orders joined with a global table of addresses: by the order's key, and by a field of its value.
@main
struct GlobalTableJoin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "global-table-join",
        abstract: "Join a stream of orders with a global table of addresses.",
        discussion: """
            Every instance has the whole of address_v2 (customer: city), so that any field can be looked up in it and numbers
            of partitions do not matter. Reads orders of the form product or product for customer from order, and writes to
            order_join who gets what where.

            Examples:
              global-table-join --demo
              global-table-join --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.globalTableJoin().run(options) }
}

extension Example {
    static func globalTableJoin() throws -> Example {
        let builder = StreamsBuilder()
        let addresses = builder.globalTable("address_v2", String.self, String.self)
        let orders = builder.stream("order", String.self, String.self)
        orders.filter { _, order in recipient(of: order) == nil }
            .join(addresses, select: { customer, _ in customer }) { order, address in "\(order) send to \(address)" }
            .to("order_join")
        orders.filter { _, order in recipient(of: order) != nil }
            .join(addresses, select: { _, order in recipient(of: order) }) { order, address in
                "\(order) send to \(address)"
            }
            .to("order_join")
        return Example(
            applicationID: "global-table-join",
            topology: try builder.build(),
            inputs: ["address_v2", "order"],
            output: "order_join",
            steps: [
                Step(
                    "Three people have an address, which the table has before the first order is read:",
                    [
                        Sample("address_v2", "han", "Seoul"), Sample("address_v2", "choi", "seohyun"),
                        Sample("address_v2", "kim", "NewYork"),
                    ],
                    isBeforeStart: true
                ),
                Step(
                    "Orders for oneself find the address by their key:",
                    [Sample("order", "han", "iphone"), Sample("order", "choi", "galaxy")],
                    outputCount: 2
                ),
                Step(
                    "A present finds the address by a field of the order:",
                    [Sample("order", "han", "ipad for kim")],
                    outputCount: 1
                ),
            ]
        )
    }

    /// The customer in `product for customer`.
    private static func recipient(of order: String) -> String? {
        let words = order.split(separator: " ")
        guard words.count >= 3, words[words.count - 2] == "for", let name = words.last else { return nil }
        return String(name)
    }
}
