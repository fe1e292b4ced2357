// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

func library(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func example(_ name: String, _ folder: String) -> Target {
    program(name, ["ExampleSupport", "Streams", "Records", arguments], path: "Sources/Examples/\(folder)")
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "Millrace",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Streams", targets: ["Streams"]),
        .library(name: "StreamsTesting", targets: ["StreamsTesting"]),
        .library(name: "StreamsProtobuf", targets: ["StreamsProtobuf"]),
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
        .library(name: "Broker", targets: ["Broker"]),
        // What the benchmarks look into; no promise to others.
        .library(name: "Records", targets: ["Records"]),
        .library(name: "KafkaProtocol", targets: ["KafkaProtocol"]),
        .library(name: "CommitLog", targets: ["CommitLog"]),
        .library(name: "Transport", targets: ["Transport"]),
        .library(name: "RocksDB", targets: ["RocksDB"]),
        .executable(name: "millrace", targets: ["millrace"]),
    ],
    traits: [
        .trait(name: "ProtocolBuffers", description: "Serdes of swift-protobuf's messages, in StreamsProtobuf"),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.30.0"),
    ],
    targets: [
        // C libraries
        system("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
        system("CLZ4", "liblz4", apt: "liblz4-dev", brew: "lz4"),
        system("CZstd", "libzstd", apt: "libzstd-dev", brew: "zstd"),
        system("CSnappy", "snappy", apt: "libsnappy-dev", brew: "snappy"),
        system("CRocksDB", "rocksdb", apt: "librocksdb-dev", brew: "rocksdb"),
        .target(name: "CChecksum"),

        // The house
        library("Records", ["CChecksum", "CZlib", "CLZ4", "CZstd", "CSnappy"]),
        library("KafkaProtocol", ["Records"], exclude: ["Schema"]),
        library("CommitLog", ["CChecksum", "Records", logging]),
        library("Coordination", ["KafkaProtocol", "Records", collections, heap]),
        library("Transport", ["Records", logging, nioCore, nioPosix, collections]),
        library(
            "Broker",
            [
                "CommitLog", "Coordination", "Transport", "KafkaProtocol", "Records", logging, nioCore, nioPosix,
                collections, heap, lifecycle,
            ]
        ),
        library("KafkaClient", ["Transport", "KafkaProtocol", "Records", logging, nioCore, nioPosix, collections]),
        library("RocksDB", ["CRocksDB"]),
        library(
            "Streams",
            [
                "CChecksum", "KafkaClient", "Transport", "RocksDB", "KafkaProtocol", "Records", logging, metrics,
                collections, heap, lifecycle,
            ]
        ),
        library("StreamsTesting", ["Streams", "Records"]),
        library(
            "StreamsProtobuf",
            [
                "Streams", "Records",
                .product(
                    name: "SwiftProtobuf",
                    package: "swift-protobuf",
                    condition: .when(traits: ["ProtocolBuffers"])
                ),
            ]
        ),

        // Programs
        library(
            "CommandLine",
            ["Broker", "KafkaClient", "KafkaProtocol", "Records", logging, lifecycle, signals]
        ),
        program("millrace", ["CommandLine"]),
        program("protocol-generator", []),

        // Examples
        .target(
            name: "ExampleSupport",
            dependencies: [
                "Broker", "Streams", "KafkaClient", "Transport", "Records", arguments, logging, lifecycle, signals,
            ],
            path: "Sources/Examples/ExampleSupport",
            swiftSettings: settings
        ),
        example("order-address-join", "OrderAddressJoin"),
        example("global-table-join", "GlobalTableJoin"),
        example("stream-log-copy", "StreamLogCopy"),
        example("word-count", "WordCount"),
        example("page-view-sessions", "PageViewSessions"),
        example("order-enrichment", "OrderEnrichment"),
        example("top-songs", "TopSongs"),
        example("deduplication", "Deduplication"),
        example("fraud-rule", "FraudRule"),

        // Tests
        tests("RecordsTests", ["Records", "CChecksum"], resources: [.copy("Data")]),
        tests("KafkaProtocolTests", ["KafkaProtocol", "Records", "protocol-generator"], resources: [.copy("Data")]),
        tests("CommitLogTests", ["CommitLog", "Records", logging], resources: [.copy("Data")]),
        tests("CoordinationTests", ["Coordination", "KafkaProtocol", "Records"]),
        tests("TransportTests", ["Transport", "Records", logging, nioCore, nioPosix]),
        tests(
            "BrokerTests",
            [
                "Broker", "KafkaClient", "Transport", "KafkaProtocol", "CommitLog", "Records", logging, nioCore,
                nioPosix,
            ],
            resources: [.copy("Data")]
        ),
        tests(
            "KafkaClientTests",
            ["KafkaClient", "Broker", "Transport", "KafkaProtocol", "Records", logging, nioCore, nioPosix]
        ),
        tests("RocksDBTests", ["RocksDB"]),
        tests(
            "FuzzTests",
            ["Transport", "KafkaProtocol", "CommitLog", "Records", logging],
            resources: [.copy("Corpus")]
        ),
        tests(
            "StreamsTests",
            [
                "Streams", "StreamsTesting", "Broker", "KafkaClient", "KafkaProtocol", "Transport", "Records", logging,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            resources: [.copy("Data")]
        ),
        tests(
            "ExamplesTests",
            [
                "ExampleSupport", "Streams", "StreamsTesting", "Records", "order-address-join", "global-table-join",
                "stream-log-copy", "word-count", "page-view-sessions", "order-enrichment", "top-songs",
                "deduplication", "fraud-rule",
            ]
        ),
        tests(
            "CommandLineTests",
            ["CommandLine", "Broker", "KafkaClient", "KafkaProtocol", "Records", logging],
            resources: [.copy("Data")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
