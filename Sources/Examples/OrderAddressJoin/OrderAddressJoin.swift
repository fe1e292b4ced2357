import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Orders joined with addresses: each order meets the address that its customer has at that time.
@main
struct OrderAddressJoin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order-address-join",
        abstract: "Join a stream of orders with a table of addresses.",
        discussion: """
            Reads address (customer: city) as a table and order (customer: product) as a stream, and writes to order_join
            what is sent where. The topics must have the same number of partitions.

            Examples:
              order-address-join --demo
              order-address-join --bootstrap-server localhost:9092 --state-dir /var/lib/orders
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.orderAddressJoin().run(options) }
}

extension Example {
    static func orderAddressJoin() throws -> Example {
        let builder = StreamsBuilder()
        let addresses = builder.table("address", String.self, String.self)
        builder.stream("order", String.self, String.self)
            .join(addresses) { order, address in "\(order) send to \(address)" }
            .to("order_join")
        return Example(
            applicationID: "order-address-join",
            topology: try builder.build(),
            inputs: ["address", "order"],
            output: "order_join",
            steps: [
                Step(
                    "Three people have an address:",
                    [
                        Sample("address", "han", "Seoul"), Sample("address", "choi", "seohyun"),
                        Sample("address", "kim", "NewYork"),
                    ]
                ),
                Step(
                    "Four people order. An has no address, so nothing is joined for An:",
                    [
                        Sample("order", "han", "iphone"), Sample("order", "choi", "galaxy"),
                        Sample("order", "kim", "ipad"),
                        Sample("order", "An", "none"),
                    ],
                    outputCount: 3
                ),
                Step("han moves:", [Sample("address", "han", "jeju")]),
                Step(
                    "han orders again, and the new address counts:",
                    [Sample("order", "han", "iphone")],
                    outputCount: 1
                ),
            ]
        )
    }
}
