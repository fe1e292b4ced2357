/// A regular expression as a tree.
indirect enum PatternNode: Sendable {
    case empty
    case characters(CharacterSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `most` is nil for any number.
    case repetition(PatternNode, least: Int, most: Int?)
    case assertion(Assertion)

    /// Something that holds between two characters.
    enum Assertion: Sendable {
        case textStart
        case textEnd
        case lineStart
        case lineEnd
        case wordBoundary
        case noWordBoundary

        func holds(at position: Int, in text: [Unicode.Scalar]) -> Bool {
            switch self {
            case .textStart: return position == 0
            case .textEnd: return position == text.count
            case .lineStart: return position == 0 || text[position - 1] == "\n"
            case .lineEnd: return position == text.count || text[position] == "\n"
            case .wordBoundary, .noWordBoundary:
                let before = position > 0 && CharacterSet.word.contains(text[position - 1])
                let after = position < text.count && CharacterSet.word.contains(text[position])
                return (before != after) == (self == .wordBoundary)
            }
        }
    }
}

/// Writes a tree out as steps.
struct PatternCompiler {
    private var steps: [NamePattern.Step] = []

    mutating func compile(_ node: PatternNode) throws(NamePattern.Flaw) -> [NamePattern.Step] {
        try write(node)
        steps.append(.accept)
        return steps
    }

    private mutating func add(_ step: NamePattern.Step) throws(NamePattern.Flaw) {
        guard steps.count < NamePattern.maxProgramSize else {
            throw NamePattern.Flaw(description: "expression too large")
        }
        steps.append(step)
    }

    private mutating func write(_ node: PatternNode) throws(NamePattern.Flaw) {
        switch node {
        case .empty: break
        case .characters(let set): try add(.consume(set))
        case .assertion(let assertion): try add(.assert(assertion))
        case .sequence(let nodes): for node in nodes { try write(node) }
        case .alternatives(let nodes): try write(alternatives: nodes)
        case .repetition(let node, let least, let most): try write(node, least, most)
        }
    }

    private mutating func write(alternatives nodes: [PatternNode]) throws(NamePattern.Flaw) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try write(node)
                break
            }
            let split = steps.count
            try add(.either(split + 1, split + 1))
            try write(node)
            ends.append(steps.count)
            try add(.jump(0))
            steps[split] = .either(split + 1, steps.count)
        }
        for end in ends { steps[end] = .jump(steps.count) }
    }

    private mutating func write(_ node: PatternNode, _ least: Int, _ most: Int?) throws(NamePattern.Flaw) {
        for _ in 0..<least { try write(node) }
        guard let most else {
            let split = steps.count
            try add(.either(split + 1, split + 1))
            try write(node)
            try add(.jump(split))
            steps[split] = .either(split + 1, steps.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(steps.count)
            try add(.either(steps.count + 1, steps.count + 1))
            try write(node)
        }
        for split in splits { steps[split] = .either(split + 1, steps.count) }
    }
}
