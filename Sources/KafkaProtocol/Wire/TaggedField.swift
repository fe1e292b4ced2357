import Records

/// An optional field that this release does not know, as it came: it goes out again unchanged.
///
/// See KIP-482.
public struct TaggedField: Hashable, Sendable {
    /// The field's number within its struct.
    public var tag: UInt32
    /// What the field holds, without number and size.
    public var value: Bytes

    /// A field of this number and content.
    public init(tag: UInt32, value: Bytes) {
        self.tag = tag
        self.value = value
    }
}
