import Records

extension Serde {
    /// The key of a windowed table: the key's bytes, then 8 bytes with the window's start. The end follows from the
    /// size.
    ///
    /// ```swift
    /// viewsPerMinute.toStream().to("views-per-minute", key: .timeWindowed(.string, size: .seconds(60)))
    /// ```
    public static func timeWindowed<Key>(
        _ key: Serde<Key>,
        size: Duration
    ) -> Serde<Windowed<Key>> where Value == Windowed<Key> {
        timeWindowed(key, sizeMs: size.milliseconds)
    }

    /// The key of a windowed table as its changelog has it: the key's bytes, 8 bytes with the window's start, and 4 with a
    /// sequence number, which is 0 but for stores that keep duplicates.
    ///
    /// ```swift
    /// let changelog = builder.stream(
    ///     "app-views-changelog", key: .timeWindowedChangelog(.string, size: .seconds(60)), value: .int64)
    /// ```
    public static func timeWindowedChangelog<Key>(
        _ key: Serde<Key>,
        size: Duration
    ) -> Serde<Windowed<Key>> where Value == Windowed<Key> {
        let plain = Serde<Windowed<Key>>.timeWindowed(key, size: size)
        let name = "TimeWindowedChangelog<\(key.name)>"
        return Serde(
            name: name,
            serialize: { windowed, buffer in
                guard try plain.serialize(windowed, &buffer) else { return false }
                buffer.append(int32: 0)
                return true
            },
            deserialize: { bytes in
                guard bytes.count >= 12 else {
                    throw SerializationException("\(name): \(bytes.count) bytes are too few for a window")
                }
                return try plain.deserialize(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 4)]))
            }
        )
    }

    @inlinable
    static func timeWindowed<Key>(
        _ key: Serde<Key>,
        sizeMs: Int64
    ) -> Serde<Windowed<Key>> where Value == Windowed<Key> {
        let name = "TimeWindowed<\(key.name)>"
        return Serde(
            name: name,
            serialize: { windowed, buffer in
                guard try key.serialize(windowed.key, &buffer) else { return false }
                buffer.append(int64: windowed.window.start.rawValue)
                return true
            },
            deserialize: { bytes in
                guard bytes.count >= 8 else {
                    throw SerializationException("\(name): \(bytes.count) bytes are too few for a window")
                }
                let start = WindowKey.int64(bytes, fromEnd: 8)
                let head = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
                return Windowed(try key.deserialize(head), Window(startMs: start, sizeMs: sizeMs))
            }
        )
    }

    /// The key of a table of sessions: the key's bytes, then 8 bytes with the session's end and 8 with its start.
    ///
    /// ```swift
    /// let visits = clicks.groupByKey().windowedBy(.session(gap: .seconds(300))).count()
    /// visits.toStream().to("visits", key: .sessionWindowed(.string))
    /// ```
    @inlinable
    public static func sessionWindowed<Key>(
        _ key: Serde<Key>
    ) -> Serde<Windowed<Key>> where Value == Windowed<Key> {
        let name = "SessionWindowed<\(key.name)>"
        return Serde(
            name: name,
            serialize: { windowed, buffer in
                guard try key.serialize(windowed.key, &buffer) else { return false }
                buffer.append(int64: windowed.window.end.rawValue)
                buffer.append(int64: windowed.window.start.rawValue)
                return true
            },
            deserialize: { bytes in
                guard bytes.count >= 16 else {
                    throw SerializationException("\(name): \(bytes.count) bytes are too few for a session")
                }
                let head = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 16)])
                return Windowed(
                    try key.deserialize(head),
                    Window(
                        start: Timestamp(WindowKey.int64(bytes, fromEnd: 8)),
                        end: Timestamp(WindowKey.int64(bytes, fromEnd: 16))
                    )
                )
            }
        )
    }

    /// A value with its time, as timestamped stores keep it: 8 bytes of time, then the value's.
    @inlinable
    static func timestamped<Plain>(
        _ value: Serde<Plain>
    ) -> Serde<ValueAndTimestamp<Plain>> where Value == ValueAndTimestamp<Plain> {
        Serde(
            name: "Timestamped<\(value.name)>",
            serialize: { stamped, buffer in
                let start = buffer.count
                buffer.append(int64: stamped.timestamp.rawValue)
                if try value.serialize(stamped.value, &buffer) { return true }
                buffer.truncate(to: start)
                return false
            },
            deserialize: { try TimestampedBytes.decode($0, value) }
        )
    }
}

/// Numbers at the end of the keys of window and session stores.
@usableFromInline
enum WindowKey {
    /// The big-endian number that begins `count` bytes before the end. The caller has checked that there are as many.
    @inlinable
    static func int64(_ bytes: UnsafeRawBufferPointer, fromEnd count: Int) -> Int64 {
        Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - count, as: Int64.self))
    }
}
