import NIOCore
import Testing

@testable import Transport

@Suite struct PendingRepliesTests {
    @Test func `the earliest deadline need not be the first`() {
        var pending = PendingReplies()
        for deadline in [30, 10, 20] as [UInt64] {
            pending.append(deadline: .uptimeNanoseconds(deadline)) { _ in }
        }
        pending.append(deadline: nil) { _ in }
        #expect(pending.earliestDeadline == .uptimeNanoseconds(10))
        let early = pending.popExpired(now: .uptimeNanoseconds(9))
        #expect(early.isEmpty)
        let expired = pending.popExpired(now: .uptimeNanoseconds(20))
        #expect(expired.count == 2)
        #expect(pending.earliestDeadline == .uptimeNanoseconds(30))
        let rest = pending.popAll()
        #expect(rest.count == 2)
        #expect(pending.isEmpty)
    }
}
