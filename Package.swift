// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "Millrace",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "CChecksum"),
        .target(name: "Records", dependencies: ["CChecksum"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
