/// How a join of two streams keeps their records: names, serdes and changelog.
///
/// ```swift
/// orders.join(payments, within: .difference(.seconds(60)), joined: StreamJoined(storeName: "paid")) { ($0, $1).1 }
/// ```
public struct StreamJoined<Key, Value, Other>: Sendable {
    public var key: Serde<Key>?
    public var value: Serde<Value>?
    public var otherValue: Serde<Other>?
    /// What the stores' names begin with; generated when nil.
    public var storeName: String?
    /// On disk or in memory.
    public var storage: Stores.Storage
    /// Whether records go to changelog topics, and how those are configured.
    public var logging: StoreLogging

    public init(
        key: Serde<Key>? = nil,
        value: Serde<Value>? = nil,
        otherValue: Serde<Other>? = nil,
        storeName: String? = nil,
        in storage: Stores.Storage = .disk,
        logging: StoreLogging = .enabled()
    ) {
        self.key = key
        self.value = value
        self.otherValue = otherValue
        self.storeName = storeName
        self.storage = storage
        self.logging = logging
    }
}
