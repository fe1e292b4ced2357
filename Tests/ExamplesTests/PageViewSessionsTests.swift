import Records
import Streams
import StreamsTesting
import Testing

@testable import page_view_sessions

/// Visits: where they end, what late views do to them.
@Suite struct PageViewSessionsTests {
    private func visits(
        _ views: [(user: String, page: String, minute: Int64)]
    ) throws -> (changes: [String], dropped: [String]) {
        try withDriver(try visitsTopology()) { driver in
            let input = driver.inputTopic("page-views", String.self, PageView.self)
            for view in views {
                try input.pipe(view.user, PageView(page: view.page), at: Timestamp(view.minute * 60_000))
            }
            let output = try driver.outputTopic("visits", String.self, Visit.self).readRecords()
            let changes = output.map { record in
                let minute = record.timestamp.rawValue / 60_000
                guard let visit = record.value else { return "\(record.key ?? "") null @\(minute)" }
                return "\(record.key ?? "") \(visit.views) \(visit.pages.joined()) \(visit.seconds)s @\(minute)"
            }
            return (changes, driver.droppedRecords.map { "\($0.reason) \($0.count)" })
        }
    }

    @Test func `views with pauses of up to the gap are one visit`() throws {
        let result = try visits([("han", "/a", 0), ("han", "/b", 30), ("han", "/a", 60)])
        #expect(
            result.changes == [
                "han@0 1 /a 0s @0", "han@0 null @0", "han@0 2 /a/b 1800s @30", "han@0 null @30",
                "han@0 3 /a/b 3600s @60",
            ]
        )
    }

    @Test func `a longer pause begins another visit, and users do not mix`() throws {
        let result = try visits([("han", "/a", 0), ("kim", "/a", 10), ("han", "/b", 31)])
        #expect(
            result.changes == ["han@0 1 /a 0s @0", "kim@600000 1 /a 0s @10", "han@1860000 1 /b 0s @31"]
        )
    }

    @Test func `a late view between two visits takes both back and makes them one`() throws {
        let result = try visits([("han", "/a", 0), ("han", "/c", 34), ("han", "/b", 15)])
        #expect(
            result.changes == [
                "han@0 1 /a 0s @0", "han@2040000 1 /c 0s @34", "han@0 null @0", "han@2040000 null @34",
                "han@0 3 /a/c/b 2040s @34",
            ]
        )
    }

    @Test func `a view of a visit that is closed is dropped and counted`() throws {
        // A visit of minute 0 ends 30 minutes later and is closed after 5 more.
        let result = try visits([("han", "/a", 36), ("kim", "/x", 0), ("kim", "/y", 1)])
        #expect(result.changes == ["han@2160000 1 /a 0s @36", "kim@60000 1 /y 0s @1"])
        #expect(result.dropped == ["late 1"])
    }
}
