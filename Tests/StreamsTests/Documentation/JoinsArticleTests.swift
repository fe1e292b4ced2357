import Records
import Streams
import StreamsTesting
import Testing

/// What the article on joins says in its tables.
@Suite struct JoinsArticleTests {
    private enum Kind: String, CaseIterable {
        case streamInner, streamLeft, streamOuter
        case tableInner, tableLeft
        case globalInner, globalLeft
        case tablesInner, tablesLeft, tablesOuter
        case foreignInner, foreignLeft

        /// The join of `left` and `right`: `left+right`.
        func build(_ builder: StreamsBuilder) -> KStream<String, String> {
            let text: @Sendable (String?, String?) -> String = { "\($0 ?? "-")+\($1 ?? "-")" }
            switch self {
            case .streamInner:
                return streams(builder) { $0.join($1, within: .difference(.milliseconds(10))) { text($0, $1) } }
            case .streamLeft:
                return streams(builder) { $0.leftJoin($1, within: .difference(.milliseconds(10))) { text($0, $1) } }
            case .streamOuter:
                return streams(builder) { $0.outerJoin($1, within: .difference(.milliseconds(10))) { text($0, $1) } }
            case .tableInner: return streamTable(builder) { $0.join($1) { text($0, $1) } }
            case .tableLeft: return streamTable(builder) { $0.leftJoin($1) { text($0, $1) } }
            case .globalInner: return global(builder) { $0.join($1, select: { $1 }) { text($0, $1) } }
            case .globalLeft: return global(builder) { $0.leftJoin($1, select: { key, _ in key }) { text($0, $1) } }
            case .tablesInner: return tables(builder) { $0.join($1) { text($0, $1) } }
            case .tablesLeft: return tables(builder) { $0.leftJoin($1) { text($0, $1) } }
            case .tablesOuter: return tables(builder) { $0.outerJoin($1) { text($0, $1) } }
            case .foreignInner:
                return tables(builder) { $0.join($1, foreignKey: { foreignKey(of: $0) }) { text($0, $1) } }
            case .foreignLeft:
                return tables(builder) { $0.leftJoin($1, foreignKey: { foreignKey(of: $0) }) { text($0, $1) } }
            }
        }

        private func streams(
            _ builder: StreamsBuilder,
            _ join: (KStream<String, String>, KStream<String, String>) -> KStream<String, String>
        ) -> KStream<String, String> {
            join(builder.stream("left", String.self, String.self), builder.stream("right", String.self, String.self))
        }

        private func streamTable(
            _ builder: StreamsBuilder,
            _ join: (KStream<String, String>, KTable<String, String>) -> KStream<String, String>
        ) -> KStream<String, String> {
            join(builder.stream("left", String.self, String.self), builder.table("right", String.self, String.self))
        }

        private func global(
            _ builder: StreamsBuilder,
            _ join: (KStream<String, String>, GlobalKTable<String, String>) -> KStream<String, String>
        ) -> KStream<String, String> {
            join(
                builder.stream("left", String.self, String.self),
                builder.globalTable("right", String.self, String.self)
            )
        }

        private func tables(
            _ builder: StreamsBuilder,
            _ join: (KTable<String, String>, KTable<String, String>) -> KTable<String, String>
        ) -> KStream<String, String> {
            join(builder.table("left", String.self, String.self), builder.table("right", String.self, String.self))
                .toStream()
        }
    }

    private func outcome(_ kind: Kind, _ records: [StoryRecord]) throws -> StoryOutcome {
        try StreamsTests.outcome(of: records) { kind.build($0) }
    }

    @Test func `the result's time is the later of both for streams and tables, the record's for a stream with a table`()
        throws
    {
        let records: [StoryRecord] = [("right", "k", "r", 7), ("left", "k", "l", 5)]
        for kind in [Kind.streamInner, .streamLeft, .streamOuter, .tablesInner] {
            #expect(try outcome(kind, records).output == ["k=l+r@7"], "\(kind)")
        }
        for kind in [Kind.tableInner, .tableLeft, .globalLeft] {
            #expect(try outcome(kind, records).output == ["k=l+r@5"], "\(kind)")
        }
        let named: [StoryRecord] = [("right", "f", "r", 7), ("left", "k", "f", 5)]
        for kind in [Kind.foreignInner, .foreignLeft] {
            #expect(try outcome(kind, named).output == ["k=f+r@7"], "\(kind)")
        }
        #expect(try outcome(.globalInner, named).output == ["k=f+r@5"])
    }

    @Test func `a null key of a stream is dropped by inner joins and stays alone in others`() throws {
        let records: [StoryRecord] = [("left", nil, "l", 5), ("left", "x", "later", 100)]
        for kind in [Kind.streamInner, .tableInner] {
            #expect(try outcome(kind, records) == StoryOutcome(output: [], dropped: ["null key 1"]), "\(kind)")
        }
        for kind in [Kind.streamLeft, .streamOuter, .tableLeft, .globalLeft] {
            #expect(try outcome(kind, records).output.first == "null=l+-@5", "\(kind)")
        }
    }

    @Test func `a null key on the right is dropped where the right may not be alone`() throws {
        let records: [StoryRecord] = [("right", nil, "r", 5), ("left", "x", "later", 100)]
        for kind in [Kind.streamInner, .streamLeft] {
            #expect(try outcome(kind, records) == StoryOutcome(output: [], dropped: ["null key 1"]), "\(kind)")
        }
        #expect(try outcome(.streamOuter, records).output == ["null=-+r@5"])
    }

    @Test(arguments: [Kind.streamInner, .streamLeft, .streamOuter, .tableInner, .tableLeft, .globalInner, .globalLeft])
    private func `a null value of a stream is dropped and counted`(kind: Kind) throws {
        let outcome = try outcome(kind, [("left", "k", nil, 5)])
        #expect(outcome == StoryOutcome(output: [], dropped: ["null value 1"]))
    }

    @Test(arguments: [Kind.tablesInner, .tablesLeft, .tablesOuter, .foreignInner, .foreignLeft])
    private func `a null key is no row of a table, and a null value removes one`(kind: Kind) throws {
        let other = kind == .foreignInner || kind == .foreignLeft ? "v" : "k"
        let records: [StoryRecord] = [("left", nil, "v", 1), ("right", other, "r", 2), ("left", "k", "v", 3)]
        let before = try outcome(kind, records)
        #expect(before.output.last == "k=v+r@3")
        #expect(before.dropped == ["null key 1"])
        let after = try outcome(kind, records + [("right", other, nil, 4), ("left", "k", nil, 5)])
        #expect(after.output.last == (kind == .tablesInner ? "k=null@4" : "k=null@5"))
    }

    @Test func `a row without a foreign key has no result in an inner join, and is joined with nil in a left one`()
        throws
    {
        let records: [StoryRecord] = [("right", "f", "r", 1), ("left", "k", "none", 2)]
        #expect(try outcome(.foreignInner, records) == StoryOutcome(output: [], dropped: ["null key 1"]))
        #expect(try outcome(.foreignLeft, records).output == ["k=none+-@2"])
    }

    @Test func `a late record of a stream meets the partners that are still kept, and none that are not`() throws {
        let left: StoryRecord = ("left", "k", "l", 100)
        let late: StoryRecord = ("right", "k", "r", 95)
        // Kept for the width of the window, which is 20 here, and the grace period.
        #expect(try outcome(.streamInner, [left, ("left", "x", "time", 119), late]).output == ["k=l+r@100"])
        #expect(try outcome(.streamInner, [left, ("left", "x", "time", 120), late]) == StoryOutcome(output: []))
    }

    @Test func `a late record of a stream meets the row as it is now, and in a versioned table as it was`() throws {
        let records: [StoryRecord] = [("right", "k", "old", 10), ("right", "k", "new", 20), ("left", "k", "l", 15)]
        #expect(try outcome(.tableInner, records).output == ["k=l+new@15"])
        let versioned = try StreamsTests.outcome(of: records + [("left", "k", "ancient", 5)]) { builder in
            let table = builder.table(
                "right",
                String.self,
                String.self,
                materialized: .versioned("rows", history: .seconds(60))
            )
            return builder.stream("left", String.self, String.self).leftJoin(table) { "\($0)+\($1 ?? "-")" }
        }
        #expect(versioned.output == ["k=l+old@15", "k=ancient+-@5"])
    }

    @Test func `with a grace period a record waits for the table, and an older one is joined at once`() throws {
        let records: [StoryRecord] = [
            ("left", "k", "waits", 100), ("right", "k", "row", 90), ("left", "k", "old", 80), ("left", "k", "end", 200),
        ]
        let outcome = try StreamsTests.outcome(of: records) { builder in
            let table = builder.table(
                "right",
                String.self,
                String.self,
                materialized: .versioned("rows", history: .seconds(60))
            )
            return builder.stream("left", String.self, String.self)
                .leftJoin(table, grace: .milliseconds(10)) { "\($0)+\($1 ?? "-")" }
        }
        #expect(outcome.output == ["k=old+-@80", "k=waits+row@100"])
    }

    @Test func `an answer to a question that is out of date is left out`() throws {
        let records: [StoryRecord] = [("left", "k", "a", 1), ("left", "k", "b", 2), ("right", "a", "late", 3)]
        #expect(try outcome(.foreignInner, records).output.allSatisfy { $0.hasPrefix("k=null") })
    }
}

/// The foreign key in a value; `none` has none.
private func foreignKey(of value: String) -> String? { value == "none" ? nil : value }
