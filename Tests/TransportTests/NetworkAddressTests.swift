import Testing
import Transport

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        ("localhost:9092", "localhost", 9092), ("[::1]:1", "::1", 1), ("10.0.0.7:65535", "10.0.0.7", 65_535),
    ])
    func `an address is read and written`(text: String, host: String, port: Int) {
        let address = NetworkAddress(text)
        #expect(address == NetworkAddress(host: host, port: port))
        #expect(address?.description == text)
    }

    @Test(arguments: ["", "localhost", "localhost:", ":9092", "a:65536", "a:-1", "::1:9092", "[]:1"])
    func `what is no address is refused`(text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}
