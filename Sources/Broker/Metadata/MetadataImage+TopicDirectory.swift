import Coordination
import Records

/// The topics, as consumer groups need to know them.
extension MetadataImage: TopicDirectory {
    func groupTopic(named name: TopicName) -> GroupTopic? { topic(name).map(GroupTopic.init) }

    func groupTopic(_ id: TopicID) -> GroupTopic? { topic(id).map(GroupTopic.init) }

    var groupTopicNames: [TopicName] { Array(topics.keys) }

    var groupTopicsVersion: Int64 { nextOffset.rawValue - 1 }
}

extension GroupTopic {
    fileprivate init(_ topic: MetadataImage.Topic) {
        self.init(id: topic.id, name: topic.name, partitionCount: topic.partitions.count)
    }
}
