/// Kafka's `Uuid`: 128 bits, written as 22 characters of URL-safe base64 without padding.
///
/// Ids of topics, clusters and log directories are such values. Zero stands for "none".
public struct KafkaUUID: Hashable, Comparable, Sendable {
    public let high: UInt64
    public let low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static let zero = KafkaUUID(high: 0, low: 0)

    /// A random id of version 4, as Kafka makes them: never one of the reserved ids, never one that starts with a dash.
    public static func random(using generator: inout some RandomNumberGenerator) -> KafkaUUID {
        while true {
            let high = generator.next() & 0xffff_ffff_ffff_0fff | 0x4000
            let low = generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
            let id = KafkaUUID(high: high, low: low)
            if !id.description.hasPrefix("-") { return id }
        }
    }

    /// Reads the 22 characters; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 22 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var bits = 0
        for character in text.utf8 {
            guard let six = KafkaUUID.alphabet.firstIndex(of: character) else { return nil }
            let take = min(6, 128 - bits)
            let value = UInt64(six) >> UInt64(6 - take)
            high = high << UInt64(take) | low >> UInt64(64 - take)
            low = low << UInt64(take) | value
            bits += take
        }
        self.init(high: high, low: low)
    }

    @inlinable
    public static func < (a: KafkaUUID, b: KafkaUUID) -> Bool { (a.high, a.low) < (b.high, b.low) }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}

extension KafkaUUID: CustomStringConvertible {
    public var description: String {
        var text = [UInt8]()
        text.reserveCapacity(22)
        for index in 0..<22 {
            let shift = 122 - index * 6
            text.append(KafkaUUID.alphabet[shift >= 0 ? bits(at: shift) : Int(low & 3) << 4])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func bits(at shift: Int) -> Int {
        if shift >= 64 { return Int(high >> UInt64(shift - 64) & 63) }
        let fromHigh = shift > 58 ? high << UInt64(64 - shift) : 0
        return Int((low >> UInt64(shift) | fromHigh) & 63)
    }
}

/// A topic's id, which a topic of the same name made later does not share. See KIP-516.
public struct TopicID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: KafkaUUID
    @inlinable public init(rawValue: KafkaUUID) { self.rawValue = rawValue }
    @inlinable public init(_ value: KafkaUUID) { self.rawValue = value }

    /// There is none, or it is not known: all zeroes.
    public static let none = TopicID(.zero)
    @inlinable public static func < (a: TopicID, b: TopicID) -> Bool { a.rawValue < b.rawValue }
    public var description: String { rawValue.description }
}
