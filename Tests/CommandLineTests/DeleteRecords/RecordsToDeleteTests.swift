import Records
import Testing

@testable import CommandLine

struct RecordsToDeleteTests {
    @Test func `the file gives an offset for each partition`() throws {
        let text = #"""
            {"version": 1, "partitions": [
              {"topic": "a", "partition": 0, "offset": 5}, {"topic": "b", "partition": 1, "offset": -1}
            ]}
            """#
        #expect(try RecordsToDelete.offsets(text) == [TopicPartition("a", 0): 5, TopicPartition("b", 1): -1])
        #expect(try RecordsToDelete.offsets(#"{"partitions":[]}"#).isEmpty)
    }

    @Test(arguments: [
        ("", "The input string is not a valid JSON"),
        ("{", "The input string is not a valid JSON"),
        ("[]", "Expected JSON object, received []"),
        ("{}", "Missing partitions field"),
        (#"{"version":2}"#, "Not supported version field value 2"),
        (#"{"version":"1"}"#, #"Expected `Integer` value, received "1""#),
        (#"{"partitions":{}}"#, "Expected JSON array, received {}"),
        (#"{"partitions":[1]}"#, "Expected JSON object, received 1"),
        (#"{"partitions":[{"topic":"a","partition":0}]}"#, "No such field exists: `offset`"),
        (#"{"partitions":[{"topic":1,"partition":0,"offset":1}]}"#, "Expected `String` value, received 1"),
        (#"{"partitions":[{"topic":"a","partition":0,"offset":1.5}]}"#, "Expected `Long` value, received 1.5"),
        (
            #"{"partitions":[{"topic":"a","partition":0,"offset":1},{"topic":"a","partition":0,"offset":2}]}"#,
            "Offset json file contains duplicate topic partitions: a-0"
        ),
    ])
    func `a file of another form is refused in Kafka's words`(text: String, sentence: String) {
        #expect(throws: RecordsToDelete.Malformed(message: sentence)) { try RecordsToDelete.offsets(text) }
    }
}
