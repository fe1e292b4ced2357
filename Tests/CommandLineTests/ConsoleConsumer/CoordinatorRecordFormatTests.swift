import Foundation
import Records
import Testing

@testable import CommandLine

/// The formatters of `__consumer_offsets` and `__transaction_state`.
struct CoordinatorRecordFormatTests {
    private func text(_ format: CoordinatorRecordFormat, _ key: [UInt8], _ value: [UInt8]?) -> String? {
        key.withUnsafeBytes { key in
            guard let value else { return format.text(key: key, value: nil) }
            return value.withUnsafeBytes { format.text(key: key, value: $0) }
        }
    }

    private let offsetKey: [UInt8] = [0, 1, 0, 1, 0x67, 0, 1, 0x74, 0, 0, 0, 3]
    private let groupKey: [UInt8] = [0, 2, 0, 1, 0x67]

    @Test func `an offset is shown by the formatter of offsets alone`() {
        let value: [UInt8] =
            [0, 3] + [0, 0, 0, 0, 0, 0, 0, 9] + [0xff, 0xff, 0xff, 0xff] + [0, 0] + [0, 0, 0, 0, 0, 0, 0, 5]
        #expect(
            text(.offsets, offsetKey, value)
                == #"{"key":{"version":1,"data":{"group":"g","topic":"t","partition":3}},"value":{"version":3,"#
                + #""data":{"offset":9,"leaderEpoch":-1,"metadata":"","commitTimestamp":5}}}"#
        )
        #expect(text(.groups, offsetKey, value) == nil)
        #expect(
            text(.offsets, offsetKey, nil)
                == #"{"key":{"version":1,"data":{"group":"g","topic":"t","partition":3}},"value":null}"#
        )
    }

    @Test func `a group is shown by the formatter of groups alone`() {
        let head: [UInt8] = [0, 3] + [0, 0] + [0, 0, 0, 2] + [0xff, 0xff] + [0xff, 0xff]
        let value = head + [0, 0, 0, 0, 0, 0, 0, 5] + [0, 0, 0, 0]
        #expect(
            text(.groups, groupKey, value)
                == #"{"key":{"version":2,"data":{"group":"g"}},"value":{"version":3,"data":{"protocolType":"","#
                + #""generation":2,"protocol":null,"leader":null,"currentStateTimestamp":5,"members":[]}}}"#
        )
        #expect(text(.offsets, groupKey, value) == nil)
    }

    @Test func `what is of another version, or broken, is unknown`() {
        #expect(
            text(.groups, [0, 99, 1], [0, 99])
                == #"{"key":{"version":99,"data":"unknown"},"value":{"version":99,"data":"unknown"}}"#
        )
        #expect(text(.transactions, [0, 0, 0, 9, 1], nil) == #"{"key":{"version":0,"data":"unknown"},"value":null}"#)
        #expect(text(.transactions, [0], nil) == nil)
    }

    @Test func `bytes are base64`() {
        for text in ["", "a", "ab", "abc", "abcd", "\u{e9}\u{10ffff}"] {
            #expect(Base64.text(Bytes(utf8: text)) == Data(text.utf8).base64EncodedString())
        }
    }
}
