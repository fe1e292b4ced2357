import Records

/// Makes member ids as Kafka does: the client's name, or the instance id of a static member, and a random UUID.
public enum MemberIDGenerator {
    /// `<name>-xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`
    public static func memberID(
        clientID: String,
        instanceID: GroupInstanceID?,
        using generator: inout some RandomNumberGenerator
    ) -> MemberID {
        let high = generator.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let digits = hexadecimal(high) + hexadecimal(low)
        var text = instanceID?.rawValue ?? clientID
        for (index, digit) in digits.enumerated() {
            if [0, 8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return MemberID(text)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
