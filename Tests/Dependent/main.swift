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
defer { driver.close() }
