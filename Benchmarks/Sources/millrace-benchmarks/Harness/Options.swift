/// The command line.
struct Options {
    var names: Set<String> = []
    var printsJSON = false
    var showsHelp = false
    /// Interleaved rounds of each comparison, a warming one not counted.
    var rounds = 7
    /// Where logs and stores are made, and removed again.
    var folder = "/tmp"
    /// The released program, for the benchmark of its start.
    var program = ".build/release/millrace"

    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: [String], known: [String]) throws(Invalid) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": showsHelp = true
            case "--json": printsJSON = true
            case "--rounds":
                guard let text = rest.popFirst(), let count = Int(text), count > 0 else {
                    throw Invalid(description: "--rounds takes a number above 0")
                }
                rounds = count
            case "--folder": folder = try Options.value(of: argument, &rest)
            case "--program": program = try Options.value(of: argument, &rest)
            default:
                guard known.contains(argument) else { throw Invalid(description: "there is no benchmark \(argument)") }
                names.insert(argument)
            }
        }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Invalid) -> String {
        guard let value = rest.popFirst() else { throw Invalid(description: "\(option) takes a path") }
        return value
    }

    static func usage(_ benchmarks: [any Benchmark]) -> String {
        var text = """
            usage: millrace-benchmarks [option ...] [benchmark ...]

            Measures Millrace against the limits of this machine, in interleaved rounds, and prints medians, their ratio,
            and the budget of PERFORMANCE.md. Without a name, all benchmarks run. Linux only.

              --rounds N      rounds of each comparison (7)
              --folder PATH   where logs and stores are made (/tmp)
              --program PATH  the released millrace, for `start` (.build/release/millrace)
              --json          print JSON in place of the table
              --help          print this

            benchmarks:

            """
        for benchmark in benchmarks { text += "  \(benchmark.name.padded(to: 15)) \(benchmark.summary)\n" }
        return text
    }
}
