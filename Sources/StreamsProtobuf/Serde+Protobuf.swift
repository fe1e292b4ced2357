// Without the trait ProtocolBuffers this module is empty, and swift-protobuf is neither fetched nor built.
#if ProtocolBuffers
    import Records
    import Streams
    import SwiftProtobuf

    extension Serde where Value: Message & Sendable {
        /// Messages of Protocol Buffers in their binary form, without a schema's number before them.
        ///
        /// Equal messages have equal bytes, so that they may be keys: members of maps are sorted. Fields that the type does
        /// not know are kept. The package's trait `ProtocolBuffers` must be on:
        /// `.package(url: …, from: …, traits: ["ProtocolBuffers"])`.
        public static func protobuf(_ type: Value.Type = Value.self) -> Serde<Value> {
            let name = Value.protoMessageName
            var options = BinaryEncodingOptions()
            options.useDeterministicOrdering = true
            return Serde(
                name: name,
                serialize: { [options] value, buffer in
                    do {
                        let bytes: [UInt8] = try value.serializedBytes(options: options)
                        bytes.withUnsafeBytes { buffer.append($0) }
                    } catch {
                        throw SerializationException("\(name): \(error)")
                    }
                    return true
                },
                deserialize: { bytes in
                    do {
                        return try Value(serializedBytes: [UInt8](bytes))
                    } catch {
                        throw SerializationException("\(name): \(error)")
                    }
                }
            )
        }
    }

    /// A message that travels in its binary form. See `Serde.protobuf(_:)`.
    ///
    /// `extension Shipment: ProtobufRecord {}` beside generated code is all that `builder.stream("shipments", String.self,
    /// Shipment.self)` needs.
    public protocol ProtobufRecord: Message, Sendable, SerdeProviding {}

    extension ProtobufRecord {
        public static var serde: Serde<Self> { .protobuf() }
    }
#endif
