import Records
import Testing

@testable import Coordination

@Suite struct ProducerIDBlockTests {
    @Test func `a block gives each of its ids once`() {
        var block = ProducerIDBlock()
        #expect(block.next() == .exhausted)
        block.refill(with: 2_000..<2_003)
        #expect([block.next(), block.next(), block.next()] == [.id(2_000), .id(2_001), .id(2_002)])
        #expect(block.next() == .exhausted)
        #expect(block.next() == .exhausted)
    }

    @Test func `a new block ends the old one`() {
        var block = ProducerIDBlock()
        block.refill(with: 0..<1_000)
        _ = block.next()
        block.refill(with: 1_000..<2_000)
        #expect(block.next() == .id(1_000))
    }
}
