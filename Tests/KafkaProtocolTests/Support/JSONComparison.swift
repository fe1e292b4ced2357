import Foundation
import Records

@testable import KafkaProtocol

/// Compares a decoded message with the JSON of the official reader, field by field, by reflection.
struct JSONComparison {
    private(set) var differences: [String] = []

    /// Of records, the official reader tells only the size.
    private static let size = "SizeInBytes"

    /// Compares a message or a struct: every key of the JSON is a field of that value, and every other field has its
    /// default.
    mutating func compare(_ value: any WireStruct, _ json: [String: Any], at path: String = "") {
        let fields = children(of: value)
        let defaults = children(of: type(of: value).init())
        for (name, field) in fields where name != "unknownTaggedFields" {
            if let expected = json[name] ?? json[name + JSONComparison.size] {
                compare(field, expected, at: "\(path).\(name)")
            } else if "\(field)" != "\(defaults[name] as Any? ?? "")" {
                differences.append("\(path).\(name): \(field) is not its default")
            }
        }
        for name in json.keys where fields[name] == nil && !name.hasSuffix(JSONComparison.size) {
            differences.append("\(path).\(name): no such field")
        }
    }

    private func children(of value: Any) -> [String: Any] {
        Dictionary(uniqueKeysWithValues: Mirror(reflecting: value).children.map { ($0.label ?? "", $0.value) })
    }

    private mutating func compare(_ value: Any, _ json: Any, at path: String) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            if let inner = mirror.children.first?.value {
                compare(inner, json, at: path)
            } else if !(json is NSNull) {
                differences.append("\(path): null is not \(json)")
            }
        } else if let structure = value as? any WireStruct {
            guard let object = json as? [String: Any] else {
                return differences.append("\(path): a struct is not \(json)")
            }
            compare(structure, object, at: path)
        } else if mirror.displayStyle == .collection {
            let elements = mirror.children.map(\.value)
            guard let array = json as? [Any], array.count == elements.count else {
                return differences.append("\(path): \(elements.count) elements are not \(json)")
            }
            for (index, element) in elements.enumerated() { compare(element, array[index], at: "\(path)[\(index)]") }
        } else if !sameScalar(value, json) {
            differences.append("\(path): \(value) is not \(json)")
        }
    }

    private func sameScalar(_ value: Any, _ json: Any) -> Bool {
        switch value {
        case let wrapped as any RawRepresentable: sameScalar(wrapped.rawValue, json)
        case let number as any FixedWidthInteger: (json as? NSNumber)?.int64Value == Int64(number)
        // Foundation reads some numbers as the neighbour of the nearest one.
        case let number as Double: (json as? NSNumber).map { abs($0.doubleValue - number) <= number.ulp } ?? false
        case let flag as Bool: (json as? NSNumber)?.boolValue == flag
        case let text as String: json as? String == text
        case let id as KafkaUUID: json as? String == id.description
        case let bytes as Bytes: json as? String == Data(bytes).base64EncodedString()
        case let records as RecordsPayload: (json as? NSNumber)?.intValue == records.count
        default: false
        }
    }
}
