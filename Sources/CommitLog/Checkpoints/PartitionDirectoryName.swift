import Records

/// The name of a partition's directory: `topic-partition`, and with a suffix while Kafka deletes or moves it.
public struct PartitionDirectoryName: Sendable, Hashable, CustomStringConvertible {
    /// What the directory is for.
    public enum Role: Sendable, Hashable {
        case current
        /// `topic-0.<unique>-delete`: to be removed, also after a restart.
        case deleted(unique: String)
        /// `topic-0.<unique>-future`: a copy that is being made in another log directory.
        case future(unique: String)
        /// `topic-0.<unique>-stray`: its topic is not known.
        case stray(unique: String)
    }

    public var topicPartition: TopicPartition
    public var role: Role

    public init(_ topicPartition: TopicPartition, role: Role = .current) {
        self.topicPartition = topicPartition
        self.role = role
    }

    /// Reads a directory's name; nil where it is not one of a partition.
    public init?(_ name: String) {
        var base = Substring(name)
        var role = Role.current
        if let dot = name.lastIndex(of: "."), let dash = name.lastIndex(of: "-"), dot < dash {
            let unique = String(name[name.index(after: dot)..<dash])
            // A topic's name may hold dots and dashes: only Kafka's 32 hexadecimal digits mark a suffix.
            if unique.utf8.count == 32, unique.utf8.allSatisfy({ $0.isHexDigit }) {
                switch name[dash...] {
                case "-delete": role = .deleted(unique: unique)
                case "-future": role = .future(unique: unique)
                case "-stray": role = .stray(unique: unique)
                default: break
                }
                if role != .current { base = name[..<dot] }
            }
        }
        guard let dash = base.lastIndex(of: "-"), dash > base.startIndex,
            let partition = Int32(base[base.index(after: dash)...]), partition >= 0
        else { return nil }
        self.init(TopicPartition(TopicName(String(base[..<dash])), PartitionIndex(partition)), role: role)
    }

    public var description: String {
        switch role {
        case .current: "\(topicPartition)"
        case .deleted(let unique): "\(topicPartition).\(unique)-delete"
        case .future(let unique): "\(topicPartition).\(unique)-future"
        case .stray(let unique): "\(topicPartition).\(unique)-stray"
        }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}
