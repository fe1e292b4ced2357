import Records
import Testing

@Suite struct KafkaUUIDTests {
    @Test func `text comes back and is Kafka's`() {
        #expect(KafkaUUID.zero.description == "AAAAAAAAAAAAAAAAAAAAAA")
        #expect(KafkaUUID(high: 0, low: 1).description == "AAAAAAAAAAAAAAAAAAAAAQ")
        #expect(KafkaUUID(high: UInt64.max, low: UInt64.max).description == "_____________________w")
        let seed: UInt64 = 0x5eed_0009
        print("uuids: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let id = KafkaUUID(high: generator.next(), low: generator.next())
            #expect(KafkaUUID(id.description) == id)
        }
    }

    @Test func `other text is refused`() {
        for text in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAAAA"] {
            #expect(KafkaUUID(text) == nil)
        }
    }

    @Test func `random ids are of version 4 and never begin with a dash`() {
        var generator = SeededGenerator(seed: 0x5eed_000a)
        for _ in 0..<500 {
            let id = KafkaUUID.random(using: &generator)
            #expect(id.high >> 12 & 0xf == 4)
            #expect(id.low >> 62 == 2)
            #expect(!id.description.hasPrefix("-"))
        }
    }
}
