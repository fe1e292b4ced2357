import StreamsTesting
import Testing

/// Closes a driver's stores before its folder goes: RocksDB would wait for a folder that is not there any more.
func closing(_ driver: TopologyTestDriver) {
    do { try driver.close() } catch { Issue.record(error) }
}
