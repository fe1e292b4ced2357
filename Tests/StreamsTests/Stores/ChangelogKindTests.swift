import Testing

@testable import Streams

/// The configuration of changelog topics: what is given for one counts most, then what is said for all.
@Suite struct ChangelogKindTests {
    private func configuration(
        _ kind: ChangelogKind,
        _ general: [String: String] = [:],
        _ own: [String: String] = [:]
    ) -> [String: String] {
        var all = kind.configuration(general: general, own: own, additionalRetention: .milliseconds(5))
        #expect(all.removeValue(forKey: "message.timestamp.type") == "CreateTime")
        return all
    }

    @Test func `each kind has Kafka's settings`() {
        #expect(configuration(.latest) == ["cleanup.policy": "compact"])
        #expect(
            configuration(.windowed(retention: .milliseconds(100)))
                == ["cleanup.policy": "compact,delete", "retention.ms": "105"]
        )
        #expect(
            configuration(.versioned(history: .milliseconds(100)))
                == ["cleanup.policy": "compact", "min.compaction.lag.ms": "86400100"]
        )
    }

    @Test func `what is given for a topic wins over what is said for all, which wins over the kind`() {
        let kind = ChangelogKind.windowed(retention: .milliseconds(100))
        let general = ["cleanup.policy": "delete", "retention.ms": "1", "segment.ms": "2"]
        #expect(
            configuration(kind, general)
                == ["cleanup.policy": "delete", "retention.ms": "105", "segment.ms": "2"],
            "a retention for all topics does not fit windows"
        )
        #expect(
            configuration(kind, general, ["retention.ms": "7", "segment.ms": "3"])
                == ["cleanup.policy": "delete", "retention.ms": "7", "segment.ms": "3"]
        )
        #expect(configuration(kind, [:], ["cleanup.policy": "compact"])["cleanup.policy"] == "compact")
    }

    @Test func `stores have the kind of changelog that they need`() {
        #expect(Stores.keyValueStore("a", .string, .int64).changelogKind == .latest)
        #expect(Stores.lruMap("a", .string, .int64, maxEntryCount: 3).changelogKind == .latest)
        #expect(
            Stores.windowStore("a", .string, .int64, windowSize: .seconds(1), retention: .seconds(9)).changelogKind
                == .windowed(retention: .seconds(9))
        )
        #expect(
            Stores.sessionStore("a", .string, .int64, retention: .seconds(9)).changelogKind
                == .windowed(retention: .seconds(9))
        )
        #expect(
            Stores.versionedKeyValueStore("a", .string, .int64, history: .seconds(9)).changelogKind
                == .versioned(history: .seconds(9))
        )
    }
}
