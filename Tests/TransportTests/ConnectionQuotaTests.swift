import Testing

@testable import Transport

@Suite struct ConnectionQuotaTests {
    @Test func `the listener's limit is named and nothing is counted`() throws {
        var quota = ConnectionQuota(maxConnections: 2, maxConnectionsPerAddress: 9)
        try quota.admit("a")
        try quota.admit("b")
        #expect(throws: ConnectionRefusal.tooManyConnections(limit: 2)) { try quota.admit("c") }
        #expect(quota.total == 2)
        quota.release("a")
        try quota.admit("c")
    }

    @Test func `one address has a limit of its own`() throws {
        var quota = ConnectionQuota(maxConnections: 9, maxConnectionsPerAddress: 1)
        try quota.admit("a")
        #expect(throws: ConnectionRefusal.tooManyConnectionsFromAddress("a", limit: 1)) { try quota.admit("a") }
        try quota.admit("b")
        quota.release("a")
        quota.release("a")
        #expect(quota.total == 1)
        try quota.admit("a")
    }
}
