import Records
import Testing

/// SHA-256, SHA-512 and what is made with them, against the examples of NIST and the RFCs.
struct SecureHashTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func hash<Word: FixedWidthInteger & UnsignedInteger & Sendable>(_: Word.Type, _ text: String) -> String {
        var hash = SecureHash<Word>()
        hash.update(text.utf8)
        return hex(hash.finished())
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "cf83e1357eefb8bd"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "ddaf35a193617aba"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "204a8fc6dda82f0a"
        ),
    ])
    func `texts have the hashes that NIST gives`(text: String, sha256: String, sha512: String) {
        #expect(hash(UInt32.self, text) == sha256)
        #expect(hash(UInt64.self, text).hasPrefix(sha512))
        #expect(hash(UInt64.self, text).count == 128)
    }

    @Test func `every length around a block is padded`() {
        // Each length has a hash of its own, and taking bytes in by parts changes nothing.
        var seen: Set<String> = []
        for length in 0...260 {
            let text = String(repeating: "a", count: length)
            var parts = SecureHash<UInt32>()
            parts.update(text.utf8.prefix(length / 2))
            parts.update(text.utf8.dropFirst(length / 2))
            #expect(hex(parts.finished()) == hash(UInt32.self, text))
            seen.insert(hash(UInt64.self, text))
        }
        #expect(seen.count == 261)
    }

    @Test func `keyed hashes are RFC 4231's, and salted ones RFC 7677's`() {
        let text = Array("what do ya want for nothing?".utf8)
        let key = Array("Jefe".utf8)
        #expect(
            hex(KeyedHash<UInt32>(key: key).hash(text))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
        #expect(hex(KeyedHash<UInt64>(key: key).hash(text)).hasPrefix("164b7a7bfcf819e2e395fbe73b56e0a3"))
        let long = [UInt8](repeating: 0xAA, count: 131)
        #expect(
            hex(KeyedHash<UInt32>(key: long).hash(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        )
        let salt = Array("saltsalt".utf8)
        #expect(
            hex(KeyedHash<UInt32>(key: Array("secret".utf8)).salted(salt, iterations: 4096))
                == "f1dfbb338aca1df31d224ed8972b2c94375c20eedf3f071cb0da2f62b83d65a2"
        )
    }
}
