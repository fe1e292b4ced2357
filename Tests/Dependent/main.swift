import Streams
import StreamsTesting

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
