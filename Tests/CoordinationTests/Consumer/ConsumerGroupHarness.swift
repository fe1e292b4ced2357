import KafkaProtocol
import Records
import Testing

@testable import Coordination

/// A shard with consumers around it that do what the coordinator tells them. After each event a shard that is loaded from
/// the log must agree with the live one.
struct ConsumerGroupHarness {
    /// What one client of the consumer protocol knows.
    struct Client {
        var memberID: MemberID
        var instanceID: GroupInstanceID?
        var topics: [TopicName] = ["t"]
        var regex: String?
        var epoch: Int32 = 0
        var owned = PartitionsByTopic()
    }

    struct Topics: TopicDirectory {
        var list: [GroupTopic]

        init(_ counts: [(TopicName, Int)]) {
            list = counts.enumerated().map { index, topic in
                GroupTopic(id: Topics.id(index), name: topic.0, partitionCount: topic.1)
            }
        }

        static func id(_ index: Int) -> TopicID { TopicID(KafkaUUID(high: 7, low: UInt64(index + 1))) }
        func groupTopic(named name: TopicName) -> GroupTopic? { list.first { $0.name == name } }
        func groupTopic(_ id: TopicID) -> GroupTopic? { list.first { $0.id == id } }
        var groupTopicNames: [TopicName] { list.map(\.name) }
        var groupTopicsVersion: Int64 { 9 }
    }

    let group: GroupID = "g"
    var shard: GroupCoordinatorShard
    let configuration: GroupConfiguration
    var uptime: Duration = .seconds(1_000)
    var wall = Timestamp(1_700_000_000_000)
    var log: [GroupRecord] = []
    var clients: [String: Client] = [:]
    var replies: [TicketReply] = []
    var notices: [GroupNotice.Event] = []
    private var ticket: UInt64 = 0

    init(_ topics: [(TopicName, Int)] = [("t", 3)], _ configure: (inout GroupConfiguration) -> Void = { _ in }) {
        var configuration = GroupConfiguration()
        configuration.initialRebalanceDelay = .zero
        configure(&configuration)
        self.configuration = configuration
        shard = GroupCoordinatorShard(configuration: configuration, topics: Topics(topics))
        _ = shard.activate(at: Moment(wall: wall, uptime: uptime))
    }

    var moment: Moment { Moment(wall: wall, uptime: uptime) }
    var value: ConsumerGroup? { shard.consumerGroup(group) }

    mutating func setTopics(_ topics: [(TopicName, Int)]) { shard.topicsChanged(to: Topics(topics)) }

    @discardableResult
    mutating func perform<Answer>(_ outcome: GroupOutcome<Answer>) -> Answer {
        for record in outcome.effects.records {
            shard.replay(record, at: Offset(Int64(log.count)))
            log.append(record)
        }
        replies += outcome.effects.replies
        notices += outcome.effects.notices.map(\.event)
        let loaded = reloaded()
        #expect(loaded.listings.map(\.typeName) == shard.listings.map(\.typeName))
        #expect(loaded.consumerGroup(group).map(Hard.init) == value.map(Hard.init))
        return outcome.answer
    }

    /// A shard that read the log.
    func reloaded() -> GroupCoordinatorShard {
        var loaded = GroupCoordinatorShard(configuration: configuration, topics: shard.topics)
        for (index, record) in log.enumerated() { loaded.replay(record, at: Offset(Int64(index))) }
        return loaded
    }

    /// What survives a restart.
    struct Hard: Equatable {
        var epoch: Int32
        var targetEpoch: Int32
        var members: [MemberID: ConsumerGroupMember]
        var targets: [MemberID: PartitionsByTopic]
        var owners: [TopicID: [PartitionIndex: Int32]]
        var regexes: [String: ResolvedRegex]

        init(_ group: ConsumerGroup) {
            epoch = group.epoch
            targetEpoch = group.targetEpoch
            members = group.members
            targets = group.targets
            owners = group.partitionEpochs
            regexes = group.resolvedRegexes
        }
    }

    // MARK: Clients

    /// Joins, or says everything again; does what the answer says.
    mutating func join(_ name: String, _ change: (inout Client) -> Void = { _ in }) throws(GroupError) {
        change(&clients[name, default: Client(memberID: MemberID(name))])
        clients[name]?.epoch = 0
        clients[name]?.owned = PartitionsByTopic()
        try heartbeat(name, isFull: true)
    }

    mutating func heartbeat(_ name: String, isFull: Bool = false) throws(GroupError) {
        guard let client = clients[name] else { return }
        var request = ConsumerHeartbeat(
            memberID: client.memberID,
            epoch: client.epoch,
            clientID: name,
            clientHost: "/h"
        )
        request.instanceID = client.instanceID
        request.owned = client.owned
        if isFull {
            request.rebalanceTimeoutMs = 60_000
            request.topics = client.topics
            request.topicRegex = client.regex
        }
        let answer = perform(
            try shard.consumerHeartbeat(group, request, settings: ConsumerGroupSettings(), at: moment)
        )
        clients[name]?.epoch = answer.epoch
        if let assignment = answer.assignment { clients[name]?.owned = assignment }
    }

    mutating func leave(_ name: String, epoch: Int32 = -1) throws(GroupError) {
        guard let client = clients[name] else { return }
        var request = ConsumerHeartbeat(memberID: client.memberID, epoch: epoch)
        request.instanceID = client.instanceID
        perform(try shard.consumerHeartbeat(group, request, settings: ConsumerGroupSettings(), at: moment))
        if epoch == -1 { clients[name] = nil }
    }

    /// Lets all clients heartbeat until the group is stable.
    mutating func settle() throws(GroupError) {
        for _ in 0..<20 {
            for name in clients.keys.sorted() { try heartbeat(name) }
            if value?.state == .stable { return }
        }
    }

    mutating func advance(_ duration: Duration) {
        uptime += duration
        for outcome in shard.tick(at: moment) { perform(outcome) }
    }

    func count(_ name: String) -> Int { clients[name]?.owned.count ?? 0 }

    // MARK: Clients of the classic protocol

    static func subscription(_ topics: [TopicName], owned: [(TopicName, [PartitionIndex])] = []) throws -> Bytes {
        try ConsumerProtocolSubscription(
            topics: topics,
            ownedPartitions: owned.map { .init(topic: $0.0, partitions: $0.1) }
        ).encodedRecord(version: 1)
    }

    mutating func classicJoin(
        _ id: MemberID,
        _ metadata: Bytes,
        instanceID: GroupInstanceID? = nil,
        newMemberID: MemberID = "new"
    ) -> JoinReply? {
        ticket += 1
        let request = JoinRequest(
            memberID: id,
            instanceID: instanceID,
            clientID: "classic",
            clientHost: "/h",
            sessionTimeout: .seconds(10),
            rebalanceTimeout: .seconds(60),
            protocolType: "consumer",
            protocols: [GroupProtocol(name: "range", metadata: metadata)]
        )
        replies = []
        perform(
            shard.join(group, request, ticket: ReplyTicket(rawValue: ticket), newMemberID: newMemberID, at: moment)
        )
        if case .join(_, let reply)? = replies.last { return reply }
        return nil
    }

    mutating func classicSync(
        _ id: MemberID,
        generation: Int32,
        assigning: [MemberID: Bytes] = [:]
    ) -> SyncReply? {
        ticket += 1
        let request = SyncRequest(memberID: id, generation: generation, assignments: assigning)
        replies = []
        perform(shard.sync(group, request, ticket: ReplyTicket(rawValue: ticket), at: moment))
        if case .sync(_, let reply)? = replies.last { return reply }
        return nil
    }

    func classicHeartbeatError(_ id: MemberID, generation: Int32) -> GroupError? {
        var shard = shard
        do throws(GroupError) {
            _ = try shard.heartbeat(group, memberID: id, instanceID: nil, generation: generation, at: moment)
            return nil
        } catch { return error }
    }
}
