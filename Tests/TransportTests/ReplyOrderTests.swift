import Testing

@testable import Transport

@Suite struct ReplyOrderTests {
    private func popped(_ order: inout ReplyOrder) -> [String] {
        var names: [String] = []
        while let reply = order.popReady() {
            if case .close(let reason) = reply { names.append(reason) }
        }
        return names
    }

    private func complete(_ order: inout ReplyOrder, _ ticket: UInt64, _ reply: Reply = .nothing) -> Bool {
        order.complete(ticket, with: reply)
    }

    @Test func `a reply waits for those before it`() {
        var order = ReplyOrder()
        let tickets = (0..<3).map { _ in order.open() }
        #expect(complete(&order, tickets[2], .close(reason: "c")))
        #expect(complete(&order, tickets[1], .close(reason: "b")))
        #expect(popped(&order) == [])
        #expect(order.inFlight == 3)
        #expect(complete(&order, tickets[0], .close(reason: "a")))
        #expect(popped(&order) == ["a", "b", "c"])
        #expect(order.inFlight == 0)
    }

    @Test func `a second reply to the same request is refused`() {
        var order = ReplyOrder()
        let first = order.open()
        let second = order.open()
        #expect(complete(&order, second))
        #expect(!complete(&order, second))
        #expect(complete(&order, first))
        #expect(popped(&order) == [])
        #expect(!complete(&order, first))
        #expect(!complete(&order, 99))
        #expect(order.inFlight == 0)
    }
}
