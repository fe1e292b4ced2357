/// A regular expression for names, in the syntax of RE2 that Kafka's brokers take: a name matches as a whole.
///
/// It runs in time proportional to the name's length and the expression's size, whatever the expression: nobody can make a
/// broker search for ever. So, as in RE2, there are no back references and no looking around.
///
/// ```swift
/// let pattern = try NamePattern("orders-(eu|us)-[0-9]+")
/// pattern.matches("orders-eu-12") // true
/// ```
///
/// Understood: literals, `.`, classes (`[a-z]`, `[^,]`, `[[:alpha:]]`, `\d \w \s` and their opposites, `\p{L}` and the
/// other general categories), `^ $ \A \z \b \B`, groups (also `(?:…)`, named ones and `(?ims)`), alternatives,
/// repetitions (also lazy ones, which match the same names), `\Q…\E`, and escapes.
public struct NamePattern: Sendable {
    /// Why a text is no expression.
    public struct Flaw: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong, in RE2's words.
        public let description: String
    }

    /// The largest number of steps that an expression may have once its repetitions are written out.
    static let maxProgramSize = 20_000

    private let program: [Step]

    /// Errors: ``Flaw``.
    public init(_ text: String) throws(Flaw) {
        var parser = PatternParser(text)
        var compiler = PatternCompiler()
        program = try compiler.compile(try parser.parse())
    }

    /// One instruction; numbers are indices of others.
    enum Step: Sendable {
        case consume(CharacterSet)
        case either(Int, Int)
        case jump(Int)
        case assert(PatternNode.Assertion)
        case accept
    }

    /// Whether the whole of `name` matches.
    public func matches(_ name: String) -> Bool {
        let text = Array(name.unicodeScalars)
        var current = StepSet(capacity: program.count)
        var next = StepSet(capacity: program.count)
        add(0, at: 0, text, &current)
        for (position, scalar) in text.enumerated() {
            next.removeAll()
            for step in current.steps {
                if case .consume(let set) = program[step], set.contains(scalar) {
                    add(step + 1, at: position + 1, text, &next)
                }
            }
            if next.steps.isEmpty { return false }
            swap(&current, &next)
        }
        return current.steps.contains { if case .accept = program[$0] { true } else { false } }
    }

    /// Adds a step with all that it leads to without taking a character.
    private func add(_ first: Int, at position: Int, _ text: [Unicode.Scalar], _ set: inout StepSet) {
        var pending = [first]
        while let step = pending.popLast() {
            guard set.insert(step) else { continue }
            switch program[step] {
            case .consume, .accept: break
            case .jump(let target): pending.append(target)
            case .either(let a, let b): pending += [b, a]
            case .assert(let assertion):
                if assertion.holds(at: position, in: text) { pending.append(step + 1) }
            }
        }
    }

    /// Steps that are under way, each once.
    private struct StepSet {
        private(set) var steps: [Int] = []
        private var isIn: [Bool]

        init(capacity: Int) { isIn = Array(repeating: false, count: capacity) }

        mutating func insert(_ step: Int) -> Bool {
            guard !isIn[step] else { return false }
            isIn[step] = true
            steps.append(step)
            return true
        }

        mutating func removeAll() {
            for step in steps { isIn[step] = false }
            steps.removeAll(keepingCapacity: true)
        }
    }
}
