import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Readings that are sent again until they are acknowledged, each let through once.
@main
struct Deduplication: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deduplication",
        abstract: "Let each reading through once.",
        discussion: """
            Reads readings (sensor: {"id": ..., "celsius": ...}) and writes to readings-once those whose id the sensor has not sent in
            the ten minutes before, nor in the ten minutes after, for readings may overtake each other.

            Examples:
              deduplication --demo
              deduplication --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.deduplication().run(options) }
}

extension Example {
    static func deduplication() throws -> Example {
        func reading(_ sensor: String, _ id: String, _ celsius: Double, _ minute: Int) throws -> Sample {
            try Sample("readings", sensor, Reading(id: id, celsius: celsius), at: .minutes(9 * 60 + minute))
        }
        return Example(
            applicationID: "deduplication",
            topology: try deduplicationTopology(),
            inputs: ["readings"],
            output: "readings-once",
            steps: [
                Step(
                    "A sensor sends its second reading three times; another sensor has the same id for one of its own:",
                    [
                        try reading("cellar", "r1", 11.5, 0), try reading("cellar", "r2", 11.75, 1),
                        try reading("cellar", "r2", 11.75, 2), try reading("cellar", "r2", 11.75, 9),
                        try reading("roof", "r2", 30.25, 9),
                    ],
                    outputCount: 3
                ),
                Step(
                    "A quarter of an hour later the id is used anew:",
                    [try reading("cellar", "r2", 12, 24)],
                    outputCount: 1
                ),
            ]
        )
    }
}
