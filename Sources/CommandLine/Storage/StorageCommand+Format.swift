import Broker

extension StorageCommand {
    /// Formats the folders of the configuration, and prints a line for each.
    static func format(_ reader: StrictReader, _ console: Console) throws(StartupError) {
        let given = reader.given
        var format = StorageFolders.Format(clusterID: reader.value(clusterID) ?? "")
        format.ignoresFormatted = given.has(ignoreFormatted)
        let quorum = [standalone, noInitialControllers, initialControllers].filter { given.has($0) }
        guard quorum.count < 2 else {
            throw StartupError(
                strict(reader, "argument --\(quorum[1].name): not allowed with argument --\(quorum[0].name)")
            )
        }
        for text in given.values(feature) {
            let (name, level) = try featureLevel(text)
            format.features[name] = level
        }
        if let text = reader.value(releaseVersion) {
            guard format.features["metadata.version"] == nil else {
                throw StartupError(
                    "Use --release-version instead of --feature metadata.version=X to avoid ambiguity."
                )
            }
            format.features["metadata.version"] = try release(text).level
        }
        for text in given.values(addScram) { format.credentials.append(try StorageCredential(text)) }
        let configuration = try configuration(reader)
        if given.has(standalone) {
            format.voters = [try StorageVoter.standalone(configuration)]
        } else if let text = reader.value(initialControllers) {
            var voters: [StorageVoter] = []
            for voter in text.split(separator: ",") { voters.append(try StorageVoter(String(voter))) }
            format.voters = voters
        } else if !given.has(noInitialControllers), configuration.needsInitialControllers {
            throw StartupError(
                "Because controller.quorum.voters is not set on this controller, you must specify one of the "
                    + "following: --standalone, --initial-controllers, or --no-initial-controllers."
            )
        }
        try StorageFolders(configuration).format(format) { console.print($0) }
    }

    /// Prints the levels of features that a release begins with.
    static func versionMapping(_ reader: StrictReader, _ console: Console) throws(StartupError) {
        let text = reader.value(releaseVersion) ?? MetadataRelease.latest.name
        guard let release = MetadataRelease(text) else {
            throw StartupError(
                "Unknown release version '\(text)'. Supported versions are: \(MetadataRelease.oldest.name) to "
                    + MetadataRelease.latest.name
            )
        }
        console.print("metadata.version=\(release.level) (\(text))")
        for feature in MetadataRelease.features { console.print("\(feature)=\(release.defaultLevel(of: feature))") }
    }

    /// Prints what each level of a feature depends on.
    static func dependencies(_ reader: StrictReader, _ console: Console) throws(StartupError) {
        for text in reader.given.values(feature) {
            let (name, level) = try featureLevel(text)
            if name == "metadata.version" {
                guard let release = MetadataRelease(level: level) else {
                    throw StartupError("Unknown metadata.version \(level)")
                }
                console.print("\(name)=\(level) (\(release.name)) has no dependencies.")
                continue
            }
            guard let highest = MetadataRelease.highestLevel(of: name) else {
                throw StartupError("Unknown feature: \(name)")
            }
            guard (0...highest).contains(level) else {
                throw StartupError("Feature level \(level) is not supported for feature \(name)")
            }
            if let needed = MetadataRelease.needed(by: name, level: level), let release = MetadataRelease(level: needed)
            {
                console.print("\(name)=\(level) requires:\n    metadata.version=\(needed) (\(release.name))")
            } else {
                console.print("\(name)=\(level) has no dependencies.")
            }
        }
    }

    private static func release(_ text: String) throws(StartupError) -> MetadataRelease {
        guard let release = MetadataRelease(text) else {
            throw StartupError(
                "Version \(text) is not a valid version. The minimum version is \(MetadataRelease.oldest.name) and the "
                    + "maximum version is \(MetadataRelease.latest.name)"
            )
        }
        return release
    }

    private static func featureLevel(_ text: String) throws(StartupError) -> (name: String, level: Int16) {
        guard let equals = text.firstIndex(of: "=") else {
            throw StartupError("Can't parse feature=level string \(text): equals sign not found.")
        }
        let (name, level) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
        guard let number = Int16(level) else {
            throw StartupError("Invalid version format: \(level) for feature \(name)")
        }
        return (name, number)
    }

    private static func strict(_ reader: StrictReader, _ sentence: String) -> String {
        syntax.strictRefusal(.sentence(sentence), calledAs: reader.caller)
    }
}
