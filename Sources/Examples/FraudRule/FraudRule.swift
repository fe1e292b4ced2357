import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Cards that spend too much in too short a time: a processor with a store, and a punctuation that lifts the alert.
@main
struct FraudRule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fraud-rule",
        abstract: "Raise an alert for cards that spend more than 1000 within ten minutes.",
        discussion: """
            Reads payments (card: {"amount": ..., "shop": ...}) and keeps fraud-alerts up to date, a table by card: an alert when payments
            within ten minutes come to more than 1000, and null when the card has been quiet for ten minutes. Time is that
            of the payments.

            Examples:
              fraud-rule --demo
              fraud-rule --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.fraudRule().run(options) }
}

extension Example {
    static func fraudRule() throws -> Example {
        func payment(_ card: String, _ amount: Int, _ shop: String, _ minute: Int) throws -> Sample {
            try Sample("payments", card, Payment(amount: amount, shop: shop), at: .minutes(9 * 60 + minute))
        }
        return Example(
            applicationID: "fraud-rule",
            topology: try fraudTopology(),
            inputs: ["payments"],
            output: "fraud-alerts",
            steps: [
                Step(
                    "Card 4711 pays more and more; card 1234 pays as much, but slowly:",
                    [
                        try payment("4711", 300, "books", 0), try payment("1234", 600, "garage", 0),
                        try payment("4711", 400, "wine", 3), try payment("4711", 350, "watches", 5),
                        try payment("1234", 600, "garage", 12),
                    ],
                    outputCount: 1
                ),
                Step(
                    "Ten minutes after 4711's last payment the next payment of any card lifts the alert:",
                    [try payment("1234", 20, "bakery", 16)],
                    outputCount: 1
                ),
            ],
            partitionCount: 1
        )
    }
}
