import ExampleSupport
import Records
import Streams
import StreamsTesting
import Testing

@testable import deduplication
@testable import fraud_rule
@testable import global_table_join
@testable import order_address_join
@testable import order_enrichment
@testable import page_view_sessions
@testable import stream_log_copy
@testable import top_songs
@testable import word_count

/// A demonstration waits for as many records as it says, and then ends: so they must come.
@Suite struct DemonstrationTests {
    private static func examples() throws -> [Example] {
        [
            try .orderAddressJoin(), try .globalTableJoin(), try .streamLogCopy(), try .wordCount(),
            try .pageViewSessions(), try .orderEnrichment(), try .topSongs(), try .deduplication(), try .fraudRule(),
        ]
    }

    @Test(arguments: try examples())
    func `each step of a demonstration gives as many records as it waits for`(example: Example) throws {
        try withDriver(example.topology) { driver in
            var shown = 0
            for step in example.steps {
                for sample in step.samples {
                    let seconds = sample.time?.components.seconds ?? 0
                    try driver.pipe(
                        sample.topic,
                        key: sample.key.map { Bytes(utf8: $0) },
                        value: sample.value,
                        at: Timestamp(seconds * 1000)
                    )
                }
                let count = driver.queueSize(of: example.output)
                #expect(count - shown == step.outputCount, "\(step.title)")
                shown = count
            }
            #expect(shown > 0)
            #expect(driver.droppedRecords.isEmpty)
        }
    }
}

extension Example: CustomTestStringConvertible {
    public var testDescription: String { applicationID }
}
