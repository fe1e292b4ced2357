import Records
import Testing

@testable import Coordination

@Suite struct MemberIDGeneratorTests {
    private struct Constant: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { value }
    }

    @Test func `a member id is the client's name and a random UUID`() {
        var zeroes = Constant(value: 0)
        var ones = Constant(value: .max)
        #expect(
            MemberIDGenerator.memberID(clientID: "rdkafka", instanceID: nil, using: &zeroes)
                == "rdkafka-00000000-0000-4000-8000-000000000000"
        )
        #expect(
            MemberIDGenerator.memberID(clientID: "", instanceID: nil, using: &ones)
                == "-ffffffff-ffff-4fff-bfff-ffffffffffff"
        )
    }

    @Test func `a static member's id begins with its instance id`() {
        var zeroes = Constant(value: 0)
        let id = MemberIDGenerator.memberID(clientID: "c", instanceID: "i", using: &zeroes)
        #expect(id.rawValue.hasPrefix("i-0000"))
    }
}
