/// HMAC (RFC 2104) with one key: both pads are taken in once.
package struct KeyedHash<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    private let inner: SecureHash<Word>
    private let outer: SecureHash<Word>

    package init(key: [UInt8]) {
        var key = key
        if key.count > SecureHash<Word>.blockSize {
            var hash = SecureHash<Word>()
            hash.update(key)
            key = hash.finished()
        }
        key += [UInt8](repeating: 0, count: SecureHash<Word>.blockSize - key.count)
        var (inner, outer) = (SecureHash<Word>(), SecureHash<Word>())
        inner.update(key.map { $0 ^ 0x36 })
        outer.update(key.map { $0 ^ 0x5C })
        (self.inner, self.outer) = (inner, outer)
    }

    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        var (inner, outer) = (inner, outer)
        inner.update(bytes)
        outer.update(inner.finished())
        return outer.finished()
    }

    /// SCRAM's `Hi` (RFC 5802): the first block of PBKDF2.
    package func salted(_ salt: [UInt8], iterations: Int32) -> [UInt8] {
        var last = hash(salt + [0, 0, 0, 1])
        var result = last
        for _ in 1..<max(1, iterations) {
            last = hash(last)
            for i in result.indices { result[i] ^= last[i] }
        }
        return result
    }
}
