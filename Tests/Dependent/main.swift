import Streams
import StreamsProtobuf
import StreamsTesting
import SwiftProtobuf

let builder = StreamsBuilder()
let addresses = builder.table("address", String.self, String.self)
builder.stream("order", String.self, String.self)
    .join(addresses) { order, address in "\(order) send to \(address)" }
    .to("order_join")
let topology = try builder.build()
print(topology.describe())

let driver = try TopologyTestDriver(topology)
try driver.inputTopic("address", String.self, String.self).pipe("han", "Seoul")
try driver.inputTopic("order", String.self, String.self).pipe("han", "iphone")
let joined = try driver.outputTopic("order_join", String.self, String.self).readValues()
try driver.close()
precondition(joined == ["iphone send to Seoul"], "the join gave \(joined)")
print("joined: \(joined)")

// With the trait ProtocolBuffers, messages travel as they are.
extension Google_Protobuf_Duration: @retroactive SerdeProviding, ProtobufRecord {}
let builderOfSums = StreamsBuilder()
builderOfSums.stream("waits", String.self, Google_Protobuf_Duration.self).groupByKey()
    .reduce { sum, wait in Google_Protobuf_Duration(seconds: sum.seconds + wait.seconds) }
    .toStream().to("waited")
let sums = try TopologyTestDriver(try builderOfSums.build())
let waits = sums.inputTopic("waits", String.self, Google_Protobuf_Duration.self)
for seconds in 1...3 { try waits.pipe("han", Google_Protobuf_Duration(seconds: Int64(seconds))) }
let waited = try sums.outputTopic("waited", String.self, Google_Protobuf_Duration.self).readValues()
try sums.close()
precondition(waited.last??.seconds == 6, "the sum is \(waited)")
let second = try Serde.protobuf(Google_Protobuf_Duration.self).bytes(of: .init(seconds: 1))
precondition(second == [8, 1], "one second is \(String(describing: second))")
print("summed: \(waited.compactMap { $0?.seconds })")
