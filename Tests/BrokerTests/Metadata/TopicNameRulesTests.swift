import Records
import Testing

@testable import Broker

@Suite struct TopicNameRulesTests {
    @Test(arguments: ["a", "orders", "my.topic_with-all", String(repeating: "x", count: 249)])
    func `names of 1 to 249 allowed characters are taken`(name: String) {
        #expect(TopicNameRules.complaint(about: TopicName(name)) == nil)
    }

    @Test(arguments: ["", ".", "..", "a/b", "with blank", "\u{e9}", String(repeating: "x", count: 250)])
    func `other names are refused`(name: String) {
        #expect(TopicNameRules.complaint(about: TopicName(name))?.hasPrefix("Topic name is invalid: ") == true)
    }

    @Test func `names that differ in dot and underscore only collide`() {
        var image = MetadataImage(clusterID: "test")
        image.topics["a.b"] = MetadataImage.Topic(name: "a.b", id: .none, partitions: [])
        #expect(TopicNameRules.collision(of: "a_b", in: image) == "a.b")
        #expect(TopicNameRules.collision(of: "a.b", in: image) == nil)
        #expect(TopicNameRules.collision(of: "ab", in: image) == nil)
    }
}
