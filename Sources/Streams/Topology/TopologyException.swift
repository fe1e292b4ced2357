/// A topology that cannot run, with everything that is wrong with it at once.
///
/// `StreamsBuilder.build()` throws it before a record is read; the runtime throws it when the cluster does not fit the
/// topology, for example when joined topics have different numbers of partitions.
public struct TopologyException: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong, and where it was written.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The operator's name in `describe()`, for example `KSTREAM-JOIN-0000000004`.
        public let operatorName: String
        /// What is wrong, and what would be right.
        public let message: String
        /// Nil where no line of the user's code is to blame.
        public let callSite: CallSite?

        /// A problem of an operator.
        public init(operatorName: String, message: String, callSite: CallSite? = nil) {
            self.operatorName = operatorName
            self.message = message
            self.callSite = callSite
        }

        public var description: String {
            let place = callSite.map { "\($0): " } ?? ""
            return "\(place)\(operatorName): \(message)"
        }
    }

    /// All that is wrong, in the order of the operators.
    public let problems: [Problem]

    /// An error of these problems.
    public init(problems: [Problem]) {
        self.problems = problems
    }

    /// An error of one problem.
    public init(_ message: String, operatorName: String = "topology", callSite: CallSite? = nil) {
        self.init(problems: [Problem(operatorName: operatorName, message: message, callSite: callSite)])
    }

    public var description: String {
        let lines = problems.map { "  \($0)" }.joined(separator: "\n")
        return "Invalid topology, \(problems.count) problem\(problems.count == 1 ? "" : "s"):\n\(lines)"
    }
}
