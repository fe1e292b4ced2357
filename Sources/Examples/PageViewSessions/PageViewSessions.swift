import ArgumentParser
import ExampleSupport
import Records
import Streams

/// Page views put together to visits: session windows, with late views and visits that grow into one.
@main
struct PageViewSessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page-view-sessions",
        abstract: "Put the page views of each user together to visits.",
        discussion: """
            Reads page-views (user: {"page": ...}) and writes to visits what each visit of a user amounts to so far. A visit ends with
            30 minutes without a view; views that come up to 5 minutes late still count. The key is user@start; a null
            value takes a visit back that has become part of another.

            Examples:
              page-view-sessions --demo
              page-view-sessions --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.pageViewSessions().run(options) }
}

extension Example {
    static func pageViewSessions() throws -> Example {
        Example(
            applicationID: "page-view-sessions",
            topology: try visitsTopology(),
            inputs: ["page-views"],
            output: "visits",
            steps: [
                Step(
                    "Two users look around. kim does nothing for half an hour, which makes two visits:",
                    [
                        try Sample("page-views", "han", PageView(page: "/home"), at: .minutes(9 * 60)),
                        try Sample("page-views", "kim", PageView(page: "/home"), at: .minutes(9 * 60 + 1)),
                        try Sample("page-views", "han", PageView(page: "/cart"), at: .minutes(9 * 60 + 2)),
                        try Sample("page-views", "kim", PageView(page: "/help"), at: .minutes(9 * 60 + 33)),
                    ],
                    outputCount: 5
                ),
                Step(
                    "A view of kim's comes late and is the bridge between them: both are taken back and become one.",
                    [try Sample("page-views", "kim", PageView(page: "/shop"), at: .minutes(9 * 60 + 20))],
                    outputCount: 3
                ),
            ],
            partitionCount: 1,
            // Every step of a visit is to be seen, not only the last of each commit.
            properties: ["statestore.cache.max.bytes": "0"]
        )
    }
}
