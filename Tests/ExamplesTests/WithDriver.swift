import Streams
import StreamsTesting

/// Runs `body` with a driver of the topology, and closes it.
func withDriver<Result>(_ topology: Topology, _ body: (TopologyTestDriver) throws -> Result) throws -> Result {
    let driver = try TopologyTestDriver(topology)
    do {
        let result = try body(driver)
        try driver.close()
        return result
    } catch {
        try driver.close()
        throw error
    }
}
