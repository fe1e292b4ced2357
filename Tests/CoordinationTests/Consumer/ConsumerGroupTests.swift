import Records
import Testing

@testable import Coordination

@Suite struct ConsumerGroupTests {
    private func error(_ body: () throws(GroupError) -> Void) -> GroupError? {
        do throws(GroupError) { try body() } catch { return error }
        return nil
    }

    @Test func `three partitions go to one, two, three and four members as even as can be`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a")
        #expect(harness.count("a") == 3)
        #expect(harness.value?.state == .stable)
        try harness.join("b")
        try harness.settle()
        #expect([harness.count("a"), harness.count("b")].sorted() == [1, 2])
        try harness.join("c")
        try harness.settle()
        #expect(["a", "b", "c"].map { harness.count($0) } == [1, 1, 1])
        try harness.join("d")
        try harness.settle()
        #expect(["a", "b", "c", "d"].map { harness.count($0) }.sorted() == [0, 1, 1, 1])
        #expect(harness.value?.state == .stable)
    }

    @Test func `a partition is handed over only once its owner has let go of it`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a")
        let all = try #require(harness.clients["a"]).owned
        try harness.join("b")
        #expect(harness.count("b") == 0)
        #expect(harness.value?.state == .reconciling)
        // Told to give up; it has not yet.
        var slow = try #require(harness.clients["a"])
        try harness.heartbeat("a")
        #expect(harness.value?.members["a"]?.state == .unrevokedPartitions)
        slow.epoch = try #require(harness.clients["a"]).epoch
        let told = try #require(harness.clients["a"]).owned
        #expect(told.isSubset(of: all) && told.count < 3)
        harness.clients["a"]?.owned = all
        try harness.heartbeat("a")
        try harness.heartbeat("b")
        #expect(harness.count("b") == 0)
        harness.clients["a"]?.owned = told
        try harness.heartbeat("a")
        try harness.heartbeat("b")
        #expect(harness.count("b") == 3 - told.count && harness.count("b") > 0)
        #expect(harness.value?.state == .stable)
    }

    @Test func `a member that does not give up in time is put out`() throws {
        var harness = ConsumerGroupHarness { $0.consumerSettings.sessionTimeout = .seconds(45) }
        try harness.join("a")
        let all = try #require(harness.clients["a"]).owned
        try harness.join("b")
        for _ in 0..<7 where harness.value?.members["a"] != nil {
            try harness.heartbeat("a")
            harness.clients["a"]?.owned = all
            try harness.heartbeat("b")
            harness.advance(.seconds(10))
        }
        #expect(harness.notices.contains(.memberDidNotRevoke("a")))
        #expect(harness.value?.members.keys.sorted() == ["b"])
        try harness.heartbeat("b")
        #expect(harness.count("b") == 3)
        #expect(error { () throws(GroupError) in try harness.heartbeat("a") } == .unknownMemberID)
    }

    @Test func `a silent member is put out, and its partitions go to the rest`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a")
        try harness.join("b")
        try harness.settle()
        harness.advance(.seconds(30))
        try harness.heartbeat("b")
        harness.advance(.seconds(15))
        #expect(harness.notices.contains(.memberSessionExpired("a")))
        try harness.heartbeat("b")
        #expect(harness.count("b") == 3)
    }

    @Test func `epochs are checked`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a")
        let epoch = try #require(harness.clients["a"]).epoch
        harness.clients["a"]?.epoch = epoch + 1
        let before = harness.value
        #expect(error { () throws(GroupError) in try harness.heartbeat("a") } == .fencedMemberEpoch)
        // The answer that brought the epoch was lost: the request before it comes again.
        harness.clients["a"]?.epoch = 0
        harness.clients["a"]?.owned = PartitionsByTopic()
        try harness.heartbeat("a")
        #expect(harness.clients["a"]?.epoch == epoch)
        #expect(harness.value?.members == before?.members)
        try harness.join("b")
        try harness.settle()
        harness.clients["a"]?.epoch = 0
        #expect(error { () throws(GroupError) in try harness.heartbeat("a") } == .fencedMemberEpoch)
        harness.clients["nobody"] = .init(memberID: "nobody", epoch: 3)
        #expect(error { () throws(GroupError) in try harness.heartbeat("nobody") } == .unknownMemberID)
    }

    @Test func `a static member that leaves for a while gets its partitions back under a new id`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a") { $0.instanceID = "one" }
        try harness.join("b")
        try harness.settle()
        let owned = try #require(harness.clients["a"]).owned
        let epoch = harness.value?.epoch
        harness.clients["a2"] = .init(memberID: "a2", instanceID: "one")
        #expect(error { () throws(GroupError) in try harness.join("a2") } == .unreleasedInstanceID)
        try harness.leave("a", epoch: -2)
        try harness.join("a2")
        #expect(harness.clients["a2"]?.owned == owned)
        #expect(harness.value?.epoch == epoch)
        #expect(harness.value?.members.keys.sorted() == ["a2", "b"])
        #expect(error { () throws(GroupError) in try harness.heartbeat("a") } == .fencedInstanceID)
    }

    @Test func `topics that appear, grow and go are assigned anew`() throws {
        var harness = ConsumerGroupHarness([])
        try harness.join("a")
        #expect(harness.count("a") == 0)
        harness.setTopics([("t", 2)])
        try harness.heartbeat("a")
        #expect(harness.count("a") == 2)
        harness.setTopics([("t", 5)])
        try harness.heartbeat("a")
        #expect(harness.count("a") == 5)
        harness.setTopics([("other", 4)])
        try harness.settle()
        #expect(harness.count("a") == 0)
    }

    @Test func `a regular expression follows the topics`() throws {
        var harness = ConsumerGroupHarness([("log.a", 1), ("log.b", 2), ("data", 4)])
        try harness.join("a") {
            $0.topics = ["data"]
            $0.regex = "log\\..*"
        }
        // What it names comes at once, what matches once that was found out.
        #expect(harness.count("a") == 4 && harness.value?.resolvedRegexes.isEmpty == true)
        harness.advance(.zero)
        try harness.heartbeat("a")
        #expect(harness.count("a") == 7)
        let epoch = harness.value?.epoch
        harness.advance(.zero)
        #expect(harness.value?.epoch == epoch)
        // Only the expression from now on.
        harness.clients["a"]?.topics = []
        try harness.heartbeat("a", isFull: true)
        try harness.settle()
        #expect(harness.count("a") == 3)
        #expect(
            harness.value?.resolvedRegexes == [
                "log\\..*": ResolvedRegex(topics: ["log.a", "log.b"], version: 9, timestamp: harness.wall)
            ]
        )
        #expect(harness.value?.isSubscribed(to: "log.b") == true && harness.value?.isSubscribed(to: "data") == false)
        harness.setTopics([("log.a", 1), ("log.b", 2), ("data", 4), ("log.c", 1), ("my.log.d", 9)])
        try harness.heartbeat("a")
        #expect(harness.count("a") == 4)
        #expect(harness.value?.resolvedRegexes.values.map(\.topics) == [["log.a", "log.b", "log.c"]])
        // Another expression takes the place of the first one, and goes with the last member that has it.
        try harness.join("b") {
            $0.topics = []
            $0.regex = "d.*"
        }
        harness.advance(.zero)
        try harness.settle()
        #expect(harness.value?.resolvedRegexes.keys.sorted() == ["d.*", "log\\..*"])
        #expect(harness.count("b") == 4)
        try harness.leave("b")
        #expect(harness.value?.resolvedRegexes.keys.sorted() == ["log\\..*"])
        try harness.leave("a")
        #expect(harness.value?.resolvedRegexes.isEmpty == true)
        #expect(GroupCoordinatorShard.isValidTopicRegex("log(") == false)
    }

    @Test func `offsets are committed and asked for in the member's epoch`() throws {
        var harness = ConsumerGroupHarness()
        try harness.join("a")
        let epoch = try #require(harness.clients["a"]).epoch
        func commit(_ id: MemberID, _ epoch: Int32) -> OffsetCommit {
            OffsetCommit(
                memberID: id,
                generation: epoch,
                entries: [.init(partition: TopicPartition("t", 0), offset: 5, leaderEpoch: 0, metadata: nil)]
            )
        }
        func tryCommit(_ id: MemberID, _ epoch: Int32) -> GroupError? {
            error { () throws(GroupError) in
                harness.perform(try harness.shard.commitOffsets("g", commit(id, epoch), at: harness.moment))
            }
        }
        #expect(tryCommit("a", epoch - 1) == .staleMemberEpoch)
        #expect(tryCommit("b", epoch) == .unknownMemberID)
        #expect(tryCommit("", -1) == .unknownMemberID)
        #expect(tryCommit("a", epoch) == nil)
        #expect(
            error { () throws(GroupError) in
                _ = try harness.shard.fetched("g", [], requireStable: false, by: ("a", epoch + 1))
            } == .staleMemberEpoch
        )
        #expect(harness.shard.deleteGroup("g").answer == .nonEmptyGroup)
        try harness.leave("a")
        #expect(harness.value?.state == .empty)
        #expect(tryCommit("", -1) == nil)
        #expect(harness.perform(harness.shard.deleteGroup("g")) == nil)
        #expect(harness.value == nil && harness.shard.listings.isEmpty)
    }

    @Test func `a group is full at its limit`() throws {
        var harness = ConsumerGroupHarness { $0.maximumConsumerGroupSize = 1 }
        try harness.join("a")
        harness.clients["b"] = .init(memberID: "b")
        #expect(error { () throws(GroupError) in try harness.join("b") } == .groupMaxSizeReached)
        #expect(harness.value?.members.count == 1)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `whatever members do, no partition has two owners, and in the end the group is balanced`(seed: UInt64) throws {
        var random = SplitMix(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let topics: [(TopicName, Int)] = [("t", 7), ("u", 4), ("v", 1)]
        var harness = ConsumerGroupHarness(topics)
        var next = 0
        for _ in 0..<120 {
            let names = harness.clients.keys.sorted()
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1:
                next += 1
                let mine = topics.map(\.0).filter { _ in Bool.random(using: &random) }
                try harness.join("m\(next)") { $0.topics = mine }
            case 2:
                if let name = names.randomElement(using: &random) { try harness.leave(name) }
            case 3:
                if let name = names.randomElement(using: &random) {
                    harness.clients[name]?.topics = topics.map(\.0).filter { _ in Bool.random(using: &random) }
                    try harness.heartbeat(name, isFull: true)
                }
            default:
                if let name = names.randomElement(using: &random) { try harness.heartbeat(name) }
            }
            var owners: [String: String] = [:]
            for (name, client) in harness.clients {
                for (topic, partitions) in client.owned.sorted {
                    for partition in partitions {
                        let other = owners.updateValue(name, forKey: "\(topic)-\(partition)")
                        #expect(other == nil, "seed \(seed): \(topic)-\(partition) has two owners")
                    }
                }
            }
        }
        guard !harness.clients.isEmpty else { return }
        try harness.settle()
        #expect(harness.value?.state == .stable, "seed \(seed)")
        let wanted = topics.filter { topic in harness.clients.values.contains { $0.topics.contains(topic.0) } }
        let owned = harness.clients.values.reduce(0) { $0 + $1.owned.count }
        #expect(owned == wanted.reduce(0) { $0 + $1.1 }, "seed \(seed)")
        for (name, client) in harness.clients {
            for (other, heavier) in harness.clients where heavier.owned.count > client.owned.count + 1 {
                let movable = heavier.owned.sorted.contains { topic, _ in
                    client.topics.contains { ConsumerGroupHarness.Topics(topics).groupTopic(named: $0)?.id == topic }
                }
                #expect(!movable, "seed \(seed): \(other) could give to \(name)")
            }
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
