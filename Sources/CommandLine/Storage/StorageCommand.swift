import Broker

/// `millrace storage`: formats the folders of a broker and tells what is in them, as `kafka-storage.sh` does.
enum StorageCommand: ToolCommand {
    static let config = ToolOption.value("config", "file", "The broker's properties.", letter: "c")
    static let clusterID = ToolOption.value("cluster-id", "id", "The id of the cluster, for format.", letter: "t")
    static let addScram = ToolOption.value(
        "add-scram",
        "credential",
        "A credential to begin with: 'SCRAM-SHA-256=[name=alice,password=secret]'; may be repeated.",
        letter: "S"
    )
    static let ignoreFormatted = ToolOption.flag(
        "ignore-formatted",
        "Pass over folders that are formatted already.",
        letter: "g"
    )
    static let releaseVersion = ToolOption.value(
        "release-version",
        "release",
        "The release whose features a cluster begins with: \(MetadataRelease.oldest.name) to "
            + "\(MetadataRelease.latest.name), the default.",
        letter: "r"
    )
    static let feature = ToolOption.value(
        "feature",
        "name=level",
        "The level of one feature; may be repeated.",
        letter: "f"
    )
    static let standalone = ToolOption.flag(
        "standalone",
        "Begin a quorum of this controller alone, to which others may be added.",
        letter: "s"
    )
    static let noInitialControllers = ToolOption.flag(
        "no-initial-controllers",
        "Begin without voters of a quorum: the node joins one, or controller.quorum.voters names them.",
        letter: "N"
    )
    static let initialControllers = ToolOption.value(
        "initial-controllers",
        "id@host:port:folder,...",
        "The voters that a quorum begins with.",
        letter: "I"
    )

    static let syntax = ToolSyntax(
        name: "storage",
        abstract: "Format the folders of a broker, or tell what is in them.",
        purpose:
            "Format the log directories of a node, or tell what is in them. A broker formats empty folders itself.",
        examples: [
            "random-uuid",
            "format --standalone -t MkU3OEVBNTcwNTJENDM2Qk -c config/server.properties",
            "info -c config/server.properties",
            "version-mapping -r 4.0",
            "feature-dependencies -f transaction.version=2",
        ],
        options: [
            config, clusterID, addScram, ignoreFormatted, releaseVersion, feature, standalone, noInitialControllers,
            initialControllers,
        ],
        operands: "{\(Task.allCases.map(\.rawValue).joined(separator: ","))}",
        needsArguments: false,
        isStrict: true
    )

    /// What the first word asks for.
    enum Task: String, CaseIterable {
        case info
        case format
        case versionMapping = "version-mapping"
        case featureDependencies = "feature-dependencies"
        case randomUUID = "random-uuid"

        var options: [ToolOption] {
            switch self {
            case .info: [config]
            case .format: syntax.options
            case .versionMapping: [releaseVersion]
            case .featureDependencies: [feature]
            case .randomUUID: []
            }
        }

        var required: [ToolOption] {
            switch self {
            case .info: [config]
            case .format: [config, clusterID]
            case .featureDependencies: [feature]
            case .versionMapping, .randomUUID: []
            }
        }
    }

    static func perform(_ given: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let reader = StrictReader(given: given, syntax: syntax, caller: console.caller)
        guard let word = given.strayWords.first else { throw reader.refusal(.sentence("too few arguments")) }
        guard let task = Task(rawValue: word) else {
            let names = Task.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            let meant = Suggestion.nearest(to: word, among: Task.allCases.map(\.rawValue))
            let hint = meant.map { "\n\nDid you mean:\n\t\($0)" } ?? ""
            throw reader.refusal(.sentence("invalid choice: '\(word)' (choose from \(names))\(hint)"))
        }
        if let extra = given.strayWords.dropFirst().first {
            throw reader.refusal(.unexpected(extra, suggestion: nil))
        }
        for occurrence in given.occurrences where !task.options.contains(occurrence.option) {
            throw reader.refusal(.unexpected("--\(occurrence.option.name)", suggestion: nil))
        }
        for option in task.required where !given.has(option) { throw reader.refusal(.required(option.name)) }
        do throws(StartupError) {
            switch task {
            case .info: return try info(reader, console)
            case .format: try format(reader, console)
            case .versionMapping: try versionMapping(reader, console)
            case .featureDependencies: try dependencies(reader, console)
            case .randomUUID: console.print(StorageFolders.randomID())
            }
            return 0
        } catch {
            throw .refused(error.description)
        }
    }

    static func configuration(_ reader: StrictReader) throws(StartupError) -> BrokerConfiguration {
        do throws(BrokerConfigurationError) {
            return try BrokerConfiguration(file: reader.value(config) ?? "")
        } catch {
            throw StartupError("Exception in thread \"main\" org.apache.kafka.common.config.ConfigException: \(error)")
        }
    }
}
