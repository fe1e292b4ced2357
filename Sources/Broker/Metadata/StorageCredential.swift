import KafkaProtocol
import Records

/// A SCRAM credential that a cluster begins with: `SCRAM-SHA-256=[name=alice,password=secret,iterations=8192]`, or
/// `saltedpassword` and `salt` in base64 in place of the password. See KIP-900.
public struct StorageCredential: Sendable {
    let record: AnyMetadataRecord

    /// Errors: ``StartupError`` that says what is missing or wrong, in Kafka's words.
    public init(_ text: String) throws(StartupError) {
        let text = text.trimmingWhitespace()
        guard let equals = text.firstIndex(of: "=") else {
            throw StartupError("Failed to find equals sign in SCRAM argument '\(text)'")
        }
        let name = String(text[..<equals])
        let list = text[text.index(after: equals)...]
        guard let mechanism = CredentialAlteration.Mechanism(name: name) else {
            throw StartupError("The add-scram mechanism \(name) is not supported.")
        }
        guard list.hasPrefix("[") else { throw StartupError("Expected configuration string to start with [") }
        guard list.hasSuffix("]") else { throw StartupError("Expected configuration string to end with ]") }
        var parts = try StorageCredential.parts(list.dropFirst().dropLast())
        guard let user = parts.removeValue(forKey: "name") else {
            throw StartupError("You must supply 'name' to add-scram")
        }
        let salt = try StorageCredential.salt(parts.removeValue(forKey: "salt"))
        let iterations = try StorageCredential.iterations(parts.removeValue(forKey: "iterations"), name)
        let salted: [UInt8]
        switch (parts.removeValue(forKey: "password"), parts.removeValue(forKey: "saltedpassword")) {
        case (let password?, _): salted = mechanism.salted(password, salt.bytes, iterations)
        case (nil, nil): throw StartupError("You must supply one of 'password' or 'saltedpassword' to add-scram")
        case (nil, let given?):
            guard salt.isGiven else {
                throw StartupError("You must supply 'salt' with 'saltedpassword' to add-scram")
            }
            guard let bytes = StorageCredential.base64(given) else {
                throw StartupError("Failed to decode given saltedPassword: \(given)")
            }
            salted = bytes
        }
        guard parts.isEmpty else {
            throw StartupError("Unknown SCRAM configurations: \(parts.keys.sorted().joined(separator: ", "))")
        }
        let keys = mechanism.keys(of: salted)
        record = .userScramCredential(
            UserScramCredentialRecord(
                name: user,
                mechanism: mechanism.rawValue,
                salt: Bytes(salt.bytes),
                storedKey: Bytes(keys.stored),
                serverKey: Bytes(keys.server),
                iterations: iterations
            )
        )
    }

    private static func parts(_ list: Substring) throws(StartupError) -> [String: String] {
        var parts: [String: String] = [:]
        for part in list.split(separator: ",") {
            guard let equals = part.firstIndex(of: "=") else {
                throw StartupError("No equals sign found in SCRAM component: \(part)")
            }
            var value = part[part.index(after: equals)...]
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
            parts[String(part[..<equals])] = String(value)
        }
        return parts
    }

    private static func salt(_ text: String?) throws(StartupError) -> (bytes: [UInt8], isGiven: Bool) {
        guard let text else {
            var random = SystemRandomNumberGenerator()
            return ((0..<24).map { _ in UInt8.random(in: 0...255, using: &random) }, false)
        }
        guard let bytes = base64(text) else { throw StartupError("Failed to decode given salt: \(text)") }
        return (bytes, true)
    }

    private static func iterations(_ text: String?, _ mechanism: String) throws(StartupError) -> Int32 {
        guard let text else { return CredentialAlteration.minIterations }
        guard let count = Int32(text) else { throw StartupError("Failed to parse iterations count: \(text)") }
        guard count >= CredentialAlteration.minIterations else {
            throw StartupError(
                "The 'iterations' value must be >= \(CredentialAlteration.minIterations) for add-scram using \(mechanism)"
            )
        }
        guard count <= CredentialAlteration.maxIterations else {
            throw StartupError(
                "The 'iterations' value must be <= \(CredentialAlteration.maxIterations) for add-scram using \(mechanism)"
            )
        }
        return count
    }

    /// Nil for what is no base64.
    private static func base64(_ text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        for digit in digits {
            guard let place = alphabet.firstIndex(of: digit) else { return nil }
            bits = bits << 6 | UInt32(place)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return digits.count % 4 == 1 ? nil : bytes
    }
}
