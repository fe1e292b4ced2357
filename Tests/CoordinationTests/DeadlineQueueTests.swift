import Testing

@testable import Coordination

@Suite struct DeadlineQueueTests {
    @Test func `keys come when they are due, the earliest first`() {
        var queue = DeadlineQueue<String>()
        queue.schedule("b", at: .seconds(2))
        queue.schedule("a", at: .seconds(1))
        #expect(queue.earliest == .seconds(1))
        #expect(queue.popDue(at: .milliseconds(999)) == nil)
        #expect(queue.popDue(at: .seconds(5)) == "a")
        #expect(queue.popDue(at: .seconds(5)) == "b")
        #expect(queue.popDue(at: .seconds(5)) == nil)
        #expect(queue.earliest == nil)
    }

    @Test func `an earlier deadline counts, a later one does not`() {
        var queue = DeadlineQueue<String>()
        queue.schedule("a", at: .seconds(5))
        queue.schedule("a", at: .seconds(1))
        queue.schedule("a", at: .seconds(9))
        #expect(queue.popDue(at: .seconds(1)) == "a")
        #expect(queue.popDue(at: .seconds(100)) == nil)
        queue.schedule("a", at: .seconds(101))
        #expect(queue.popDue(at: .seconds(101)) == "a")
    }
}
