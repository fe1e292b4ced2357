import Broker

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `millrace server-stop`, or `kafka-server-stop.sh`: asks brokers that kafka-server-start.sh started to end.
enum ServerStopCommand: ToolCommand {
    static let nodeID = ToolOption.value("node-id", "number", "Only the broker with this node.id.")
    static let processRole = ToolOption.value("process-role", "role", "Only brokers with these process.roles.")

    static let syntax = ToolSyntax(
        name: "server-stop",
        abstract: "Stop the brokers that kafka-server-start.sh started.",
        purpose: "Ask the brokers that kafka-server-start.sh started on this machine to end, and wait for that.",
        examples: ["", "--node-id=1"],
        options: [nodeID, processRole],
        needsArguments: false,
        details: ["The variable SIGNAL names another signal than TERM."]
    )

    static func perform(_ options: ToolOptions, on console: Console) async throws(ToolFailure) -> Int32 {
        let node = try read { () throws(OptionError) in try options.value(nodeID) }
        let role = try read { () throws(OptionError) in try options.value(processRole) }
        if node != nil, role != nil {
            console.print(
                "When both node-id and process-role are provided, the value for node-id will take precedence"
            )
        }
        let signal = try signal()
        let brokers = ProcessFiles.all().compactMap { BrokerProcess(id: $0.id, words: $0.words) }
        guard !brokers.isEmpty else {
            console.print("No kafka server to stop")
            return 1
        }
        var code: Int32 = 0
        var asked: [pid_t] = []
        for broker in brokers {
            if let node {
                guard broker.property("node.id") == node else { continue }
            } else if let role, broker.property("process.roles") != role {
                continue
            }
            // One that ended in between needs no signal.
            if kill(broker.id, signal) == 0 {
                asked.append(broker.id)
            } else if errno != ESRCH {
                console.complain("Process \(broker.id) cannot be stopped: \(String(cString: strerror(errno)))")
                code = 1
            }
        }
        await awaitEnd(of: asked)
        return code
    }

    /// Waits until the processes have ended, ten seconds at most: who stops a broker often removes its folder next.
    private static func awaitEnd(of processes: [pid_t]) async {
        var left = processes
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            left.removeAll { !ProcessFiles.isRunning($0) }
            guard !left.isEmpty, ContinuousClock.now < deadline else { return }
            await onThread("server-stop") { _ = usleep(20_000) }
        }
    }

    private static func signal() throws(ToolFailure) -> Int32 {
        guard let value = getenv("SIGNAL"), value.pointee != 0 else { return SIGTERM }
        let name = String(cString: value).uppercased()
        let known = ["TERM": SIGTERM, "INT": SIGINT, "HUP": SIGHUP, "QUIT": SIGQUIT, "KILL": SIGKILL]
        if let signal = Int32(name) ?? known[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name] { return signal }
        throw .refused("SIGNAL is '\(name)'. Valid are: \(known.keys.sorted().joined(separator: ", ")), or a number")
    }
}

/// A broker that runs as kafka-server-start.sh.
struct BrokerProcess: Hashable {
    let id: pid_t
    /// What kafka-server-start.sh was called with.
    let arguments: [String]

    /// Nil for any other process: the program has to be `millrace`, or be called as this one, as kafka-server-start.sh; or a
    /// link of that name.
    init?(id: pid_t, words: [String]) {
        guard let program = words.first.map(BrokerProcess.fileName) else { return nil }
        let names = ["kafka-server-start.sh", "kafka-server-start"]
        if names.contains(program) {
            arguments = Array(words.dropFirst())
        } else if ["millrace", BrokerProcess.fileName(RunningProgram.path)].contains(program), words.count > 1,
            names.contains(BrokerProcess.fileName(words[1]))
        {
            arguments = Array(words.dropFirst(2))
        } else {
            return nil
        }
        // That process only starts the broker.
        if arguments.contains("-daemon") || arguments.contains("--daemon") { return nil }
        self.id = id
    }

    private static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// A property that the broker was started with; nil where neither the options nor the file have it.
    func property(_ name: String) -> String? {
        do throws(OptionError) {
            let options = try BrokerCommand.syntax.parse(arguments)
            let overrides = [String: String](assignments: options.values(BrokerCommand.override))
            if let value = overrides[name] { return value }
            guard let file = options.strayWords.first else { return nil }
            let folder = ProcessFiles.workingFolder(of: id) ?? "."
            return BrokerProcess.properties(file.hasPrefix("/") ? file : "\(folder)/\(file)")[name]
        } catch {
            return nil
        }
    }

    private static func properties(_ path: String) -> [String: String] {
        do throws(FileError) {
            return Dictionary(PropertiesFile.parse(try TextFile.read(path)).map { ($0.key, $0.value) }) { $1 }
        } catch {
            return [:]
        }
    }
}
