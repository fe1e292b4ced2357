import Records

/// A source, processor or sink of a topology, without the types of its records.
@usableFromInline
struct TopologyNode: Sendable {
    enum Kind: Sendable {
        case source(SourceNode)
        case processor
        case sink(SinkNode)
    }

    /// What the optimiser and the null-key rules need to know about an operator.
    @usableFromInline
    struct Traits: OptionSet, Sendable {
        @usableFromInline let rawValue: Int
        @usableFromInline init(rawValue: Int) { self.rawValue = rawValue }

        @usableFromInline static let changesKey = Traits(rawValue: 1)
        @usableFromInline static let changesValue = Traits(rawValue: 2)
        @usableFromInline static let merges = Traits(rawValue: 4)
        /// A join that emits records with a null key, so that a repartition before it may not drop them. See KIP-962.
        @usableFromInline static let joinsNullKeys = Traits(rawValue: 8)
        /// The filter in front of a repartition topic: drops null keys where nothing downstream wants them.
        @usableFromInline static let filtersBeforeRepartition = Traits(rawValue: 16)
        /// A repartition that the user asked for, which stays where it is.
        @usableFromInline static let isPinned = Traits(rawValue: 32)
    }

    @usableFromInline let id: NodeID
    var name: String
    var kind: Kind
    /// A `NodeInput<Key, Value>`; nil for a source.
    @usableFromInline var input: (any AnyObject & Sendable)?
    /// The types that `input` takes; nil for a source.
    var inputTypes: RecordTypes?
    /// The types that go to the children; nil for a sink.
    let outputTypes: RecordTypes?
    var parents: [NodeID] = []
    @usableFromInline var children: [NodeID] = []
    /// Names of the state stores it is connected to.
    var stores: [String] = []
    var traits: Traits = []
    /// Its place in the order in which Kafka Streams would add the nodes, where that is not its id.
    var rank: Int?
    let callSite: CallSite?
}

/// A source's topics, and how its records are decoded.
struct SourceNode: Sendable {
    var topics: TopicSelection
    let offsetReset: OffsetResetPolicy?
    /// A global store's topic: read whole by every instance.
    let isGlobal: Bool
    /// Builds the closure that decodes a record and hands it to the first operators.
    let make: @Sendable (TaskAssembly) throws -> SourceEntry
}

/// A sink's topic.
struct SinkNode: Sendable {
    /// Nil where the topic is computed for each record.
    let topic: TopicReference?
}

/// Which topics a source reads.
@usableFromInline
enum TopicSelection: Hashable, Sendable {
    case topics([TopicReference])
    case pattern(TopicPattern)

    var topics: [TopicReference] {
        switch self {
        case .topics(let topics): topics
        case .pattern: []
        }
    }
}

extension TopicSelection {
    /// The same, comparable whatever the order of its topics.
    var asSet: TopicSelection {
        switch self {
        case .topics(let topics): .topics(topics.sorted { $0.describedName < $1.describedName })
        case .pattern: self
        }
    }

    /// The same, where a topic named twice stands once.
    var withoutRepeats: TopicSelection {
        switch self {
        case .topics(let topics):
            .topics(topics.enumerated().filter { !topics[..<$0.offset].contains($0.element) }.map(\.element))
        case .pattern: self
        }
    }
}

/// A topic by its own name, or an internal one whose name begins with the application's id.
@usableFromInline
enum TopicReference: Hashable, Sendable {
    case external(TopicName)
    case repartition(String)

    /// The name on the cluster: internal topics are called `<application id>-<name>`.
    @usableFromInline
    func name(applicationID: String) -> TopicName {
        switch self {
        case .external(let topic): topic
        case .repartition(let name): TopicName("\(applicationID)-\(name)")
        }
    }

    /// The name in `describe()`: without the application's id.
    var describedName: String {
        switch self {
        case .external(let topic): topic.rawValue
        case .repartition(let name): name
        }
    }
}

/// Where a source begins that has no committed offset.
///
/// ```swift
/// builder.stream("orders", String.self, Order.self, offsetReset: .byDuration(.seconds(86_400)))
/// ```
public enum OffsetResetPolicy: Hashable, Sendable {
    /// At the oldest record.
    case earliest
    /// After the newest record.
    case latest
    /// At the first record younger than this. See KIP-1106.
    case byDuration(Duration)
    /// It fails. See KIP-1106.
    case none
}

/// Topics chosen by name, as a predicate with a readable form.
///
/// ```swift
/// let allOrders = TopicPattern("orders-*", matches: { topic in topic.rawValue.hasPrefix("orders-") })
/// ```
public struct TopicPattern: Hashable, Sendable, CustomStringConvertible {
    /// What `describe()` shows; two patterns with the same text are the same pattern.
    public let description: String
    /// Whether a topic is one of them.
    public let matches: @Sendable (TopicName) -> Bool

    /// Topics that `matches` says yes to.
    public init(_ description: String, matches: @escaping @Sendable (TopicName) -> Bool) {
        self.description = description
        self.matches = matches
    }

    /// Topics whose whole name matches a regular expression of Swift's `Regex`, which is what `describe()` shows.
    ///
    /// Errors: ``TopologyException`` for an expression that cannot be read.
    ///
    /// ```swift
    /// let regional = builder.stream(
    ///     .matching(try TopicPattern(regularExpression: "orders-(eu|us)")), String.self, Order.self)
    /// ```
    public init(regularExpression text: String) throws {
        // A compiled expression is immutable, but the standard library does not say so.
        nonisolated(unsafe) let expression: Regex<AnyRegexOutput>
        do {
            expression = try Regex(text)
        } catch {
            throw TopologyException(
                "the regular expression \(text) cannot be read: \(error)",
                operatorName: "topic pattern",
                callSite: nil
            )
        }
        self.init(text) { topic in
            do {
                return try expression.wholeMatch(in: topic.rawValue) != nil
            } catch {
                return false
            }
        }
    }

    public static func == (a: TopicPattern, b: TopicPattern) -> Bool { a.description == b.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
