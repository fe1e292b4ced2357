import Records
import Streams
import StreamsTesting
import Testing

@testable import top_songs

/// Charts: told once, when their hour is closed.
@Suite struct TopSongsTests {
    private func charts(
        _ plays: [(genre: String, song: String, minute: Int64)]
    ) throws -> (charts: [String], dropped: [String]) {
        try withDriver(try topSongsTopology()) { driver in
            let input = driver.inputTopic("plays", String.self, Play.self)
            for play in plays {
                try input.pipe(
                    nil,
                    Play(genre: play.genre, song: play.song),
                    at: Timestamp(play.minute * 60_000)
                )
            }
            let output = try driver.outputTopic("top-songs", String.self, Chart.self).readRecords()
            let charts = output.map { record in
                let songs = record.value?.songs.map { "\($0.song) \($0.plays)" } ?? []
                return "\(record.key ?? "") \(songs.joined(separator: ", "))"
            }
            return (charts, driver.droppedRecords.map { "\($0.reason) \($0.count)" })
        }
    }

    @Test func `nothing is told before the hour and its grace period are over`() throws {
        let plays: [(String, String, Int64)] = [("jazz", "A", 10), ("jazz", "B", 60), ("jazz", "B", 64)]
        #expect(try charts(plays).charts == [])
        #expect(try charts(plays + [("folk", "X", 65)]).charts == ["jazz@0 A 1"])
    }

    @Test func `a chart has the three most played songs, those played equally often by name`() throws {
        let plays = ["D", "C", "B", "A", "D", "E", "E"].map { ("jazz", $0, Int64(1)) }
        #expect(try charts(plays + [("jazz", "Z", 65)]).charts == ["jazz@0 D 2, E 2, A 1"])
    }

    @Test func `a late play counts within the grace period, and is dropped and counted after it`() throws {
        let result = try charts([
            ("jazz", "A", 10), ("folk", "X", 64), ("jazz", "B", 59), ("folk", "X", 65), ("jazz", "C", 59),
        ])
        #expect(result.charts == ["jazz@0 A 1, B 1"])
        #expect(result.dropped == ["late 1"])
    }

    @Test func `each genre and hour has a chart of its own`() throws {
        let result = try charts([("jazz", "A", 0), ("folk", "X", 1), ("jazz", "A", 61), ("pop", "P", 200)])
        #expect(result.charts.sorted() == ["folk@0 X 1", "jazz@0 A 1", "jazz@3600000 A 1"])
    }
}
