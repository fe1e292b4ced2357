import Records
import Testing

@testable import KafkaProtocol

/// Whatever a peer sends, decoding ends in a message or in a `WireError` that names field and offset.
@Suite struct HostileInputTests {
    @Test func `random bytes never trap, for every message and version`() {
        var random = SeededGenerator.announced("random bytes")
        for type in KafkaMessages.all {
            for version in type.versions {
                for _ in 0..<40 {
                    expectErrorOrMessage(type, version, randomBytes(&random))
                }
            }
        }
    }

    @Test func `every cut of a vector is an error that names field and offset`() {
        var random = SeededGenerator.announced("cuts")
        for vector in TestData.vectors {
            guard let type = TestData.messagesByName[vector.message] else { continue }
            let cuts =
                vector.bytes.count <= 64
                ? Array(0..<vector.bytes.count)
                : (0..<48).map { _ in Int.random(in: 0..<vector.bytes.count, using: &random) }
            for cut in cuts {
                let error = decodeError(type, vector.version, vector.bytes[..<cut])
                #expect(error != nil, "\(vector.message) \(vector.version) cut at \(cut)")
                guard let error else { continue }
                #expect(!error.field.isEmpty && (0...cut).contains(error.byteOffset), "\(vector.message): \(error)")
            }
        }
    }

    @Test func `changed bytes never trap, for every vector`() {
        var random = SeededGenerator.announced("changed bytes")
        for vector in TestData.vectors where !vector.bytes.isEmpty {
            guard let type = TestData.messagesByName[vector.message] else { continue }
            for _ in 0..<12 {
                var bytes = Array(vector.bytes)
                for _ in 0...Int.random(in: 0...2, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = interestingByte(&random)
                }
                expectErrorOrMessage(type, vector.version, Bytes(bytes))
            }
        }
    }

    @Test func `a count makes room for no more than the bytes left could justify`() {
        var random = SeededGenerator.announced("reservations")
        for _ in 0..<10_000 {
            let count = Int.random(in: 0...Int(Int32.max), using: &random)
            let stride = Int.random(in: 1...512, using: &random)
            let remaining = Int.random(in: 0...100_000, using: &random)
            let room = WireReader.reservation(count, stride: stride, remaining: remaining)
            #expect(room <= count)
            #expect(room * stride <= max(remaining, 4 * stride))
        }
    }

    // MARK: How

    private func expectErrorOrMessage(_ type: any KafkaMessage.Type, _ version: Int16, _ bytes: Bytes) {
        guard let error = decodeError(type, version, bytes) else { return }
        #expect((0...bytes.count).contains(error.byteOffset), "\(type.messageName) \(version): \(error), \(bytes)")
        if case .trailingBytes = error.kind { return }
        #expect(!error.field.isEmpty, "\(type.messageName) \(version): \(error), \(bytes)")
    }

    /// Nil when `bytes` are a message; then encoding it and decoding that gives the same message.
    private func decodeError<T: KafkaMessage>(_ type: T.Type, _ version: Int16, _ bytes: Bytes) -> WireError? {
        let message: T
        do throws(WireError) {
            message = try T.decode(bytes, version: version)
        } catch {
            return error
        }
        do throws(WireError) {
            let again = try message.encoded(version: version)
            let reread = try T.decode(again, version: version)
            // Not a number is not equal to itself.
            #expect(reread == message || "\(message)".contains("nan"), "\(T.messageName) \(version): \(bytes)")
        } catch {
            // A string may be longer in a flexible version than what is ever written.
            guard case .tooLong = error.kind else {
                Issue.record("\(T.messageName) \(version) cannot be encoded: \(error), \(bytes)")
                return nil
            }
        }
        return nil
    }

    private func randomBytes(_ random: inout SeededGenerator) -> Bytes {
        let count = Int.random(in: 0...Int.random(in: 0...200, using: &random), using: &random)
        return Bytes((0..<count).map { _ in interestingByte(&random) })
    }

    /// Lengths and counts that matter are more likely.
    private func interestingByte(_ random: inout SeededGenerator) -> UInt8 {
        switch UInt8.random(in: 0...7, using: &random) {
        case 0, 1: 0
        case 2: UInt8.random(in: 1...4, using: &random)
        case 3: 0xff
        case 4: 0x7f
        default: UInt8.random(in: .min ... .max, using: &random)
        }
    }
}
