// swift-tools-version: 6.2
import PackageDescription

// The fuzzer of `make fuzz`: libFuzzer drives the targets that the tests drive with a seeded mutator. A package of its own,
// because it is built with other flags.
let package = Package(
    name: "millrace-fuzzer",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "Millrace", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CFuzzer",
                .product(name: "Records", package: "Millrace"),
                .product(name: "KafkaProtocol", package: "Millrace"),
                .product(name: "CommitLog", package: "Millrace"),
                .product(name: "Transport", package: "Millrace"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ],
            // gold stops with an error of its own on the sanitizer's symbols.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]
        ),
    ],
    swiftLanguageModes: [.v6]
)
