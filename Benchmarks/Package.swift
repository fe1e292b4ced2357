// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "millrace-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "Millrace", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(name: "CLimits"),
        .executableTarget(
            name: "millrace-benchmarks",
            dependencies: [
                "CLimits",
                .product(name: "Records", package: "Millrace"),
                .product(name: "KafkaProtocol", package: "Millrace"),
                .product(name: "CommitLog", package: "Millrace"),
                .product(name: "Transport", package: "Millrace"),
                .product(name: "Broker", package: "Millrace"),
                .product(name: "KafkaClient", package: "Millrace"),
                .product(name: "RocksDB", package: "Millrace"),
                .product(name: "Streams", package: "Millrace"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
