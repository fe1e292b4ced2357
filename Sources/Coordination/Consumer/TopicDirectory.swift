import Records

/// What a consumer group has to know of the cluster's topics, at one moment.
public protocol TopicDirectory: Sendable {
    /// The topic of this name; nil where there is none.
    func groupTopic(named name: TopicName) -> GroupTopic?
    /// The topic of this id; nil where there is none.
    func groupTopic(_ id: TopicID) -> GroupTopic?
    /// Every topic's name.
    var groupTopicNames: [TopicName] { get }
    /// Grows when the topics change: the offset of the metadata's last record.
    var groupTopicsVersion: Int64 { get }
}

/// A cluster without topics.
public struct NoTopics: TopicDirectory {
    /// No topics.
    public init() {}
    public func groupTopic(named name: TopicName) -> GroupTopic? { nil }
    public func groupTopic(_ id: TopicID) -> GroupTopic? { nil }
    public var groupTopicNames: [TopicName] { [] }
    public var groupTopicsVersion: Int64 { -1 }
}

/// A topic that may be assigned.
public struct GroupTopic: Sendable, Hashable {
    /// Its id, which no other topic ever has.
    public let id: TopicID
    /// Its name.
    public let name: TopicName
    /// How many partitions it has.
    public let partitionCount: Int

    /// A topic with these properties.
    public init(id: TopicID, name: TopicName, partitionCount: Int) {
        self.id = id
        self.name = name
        self.partitionCount = partitionCount
    }
}
