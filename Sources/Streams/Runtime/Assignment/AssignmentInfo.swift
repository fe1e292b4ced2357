import Records

/// What the leader of the group tells a member beside its partitions: Kafka Streams' `AssignmentInfo`.
///
/// | field | type | versions |
/// |---|---|---|
/// | version, commonly supported version | int32 each | all, 3 and above |
/// | active tasks, one for each assigned partition in the order of the partitions | array of task ids | all |
/// | standby tasks | array of (task id, array of (topic, int32)) | all |
/// | topics, as a dictionary | array of (int32, string) | 6 and above |
/// | active, then standby partitions by host | twice an array of (string, int32, array of (topic's number, int32)) | 6 and above |
/// | error code | int32 | 4 and above |
/// | next rebalance, in ms since 1970 | int64 | 7 and above |
///
/// A task id is (int32 sub-topology, int32 partition), from version 10 on followed by an empty name. Versions from 7 on
/// are written and read: those of Kafka 2.6 and later.
struct AssignmentInfo: Hashable, Sendable {
    /// Why a member cannot run what it was assigned.
    enum Failure: Int32, Sendable {
        case none = 0
        case missingSourceTopics = 1
        case versionProbing = 2
        case assignmentFailed = 3
        case shutdownRequested = 4
    }

    static let latestVersion: Int32 = 11
    static let oldestVersion: Int32 = 7

    var version = AssignmentInfo.latestVersion
    var commonlySupportedVersion = AssignmentInfo.latestVersion
    /// One for each assigned partition, in the order of the partitions by topic and number.
    var activeTasks: [TaskID] = []
    var standbyTasks: [TaskID: [TopicPartition]] = [:]
    var failure = Failure.none
    /// When the group should come together again although nothing happened.
    var nextRebalanceMs = Int64.max

    init() {}

    /// Reads the bytes. Errors: ``TaskAssignmentException``.
    init(_ bytes: Bytes) throws(TaskAssignmentException) {
        var input = JavaDataReader(bytes)
        version = try input.int32()
        guard version >= AssignmentInfo.oldestVersion, version <= AssignmentInfo.latestVersion else {
            throw TaskAssignmentException(
                "The leader assigns in version \(version); versions \(AssignmentInfo.oldestVersion) to "
                    + "\(AssignmentInfo.latestVersion) are understood"
            )
        }
        commonlySupportedVersion = try input.int32()
        for _ in 0..<(try input.count(elementSize: 8)) { activeTasks.append(try input.taskID(version)) }
        for _ in 0..<(try input.count(elementSize: 12)) {
            let task = try input.taskID(version)
            var partitions: [TopicPartition] = []
            for _ in 0..<(try input.count(elementSize: 6)) {
                partitions.append(TopicPartition(TopicName(try input.string()), PartitionIndex(try input.int32())))
            }
            standbyTasks[task] = partitions
        }
        for _ in 0..<(try input.count(elementSize: 6)) {
            _ = try input.int32()
            _ = try input.string()
        }
        for _ in 0..<2 { try AssignmentInfo.skipHosts(&input) }
        let code = try input.int32()
        guard let known = Failure(rawValue: code) else {
            throw TaskAssignmentException("The leader's assignment has the unknown error code \(code)")
        }
        failure = known
        nextRebalanceMs = try input.int64()
    }

    private static func skipHosts(_ input: inout JavaDataReader) throws(TaskAssignmentException) {
        for _ in 0..<(try input.count(elementSize: 10)) {
            _ = try input.string()
            _ = try input.int32()
            for _ in 0..<(try input.count(elementSize: 8)) { _ = try input.int64() }
        }
    }

    /// The bytes.
    func encoded() -> Bytes {
        var output = RawBuffer(capacity: 64 + 16 * activeTasks.count)
        output.append(int32: version)
        output.append(int32: commonlySupportedVersion)
        output.append(int32: Int32(clamping: activeTasks.count))
        for task in activeTasks { AssignmentInfo.append(task, version, to: &output) }
        output.append(int32: Int32(clamping: standbyTasks.count))
        for (task, partitions) in standbyTasks.sorted(by: { $0.key < $1.key }) {
            AssignmentInfo.append(task, version, to: &output)
            output.append(int32: Int32(clamping: partitions.count))
            for partition in partitions {
                output.append(int16: Int16(clamping: partition.topic.rawValue.utf8.count))
                output.append(utf8: partition.topic.rawValue)
                output.append(int32: partition.partition.rawValue)
            }
        }
        // Hosts are told to those who query stores of other instances: nobody yet.
        for _ in 0..<3 { output.append(int32: 0) }
        output.append(int32: failure.rawValue)
        output.append(int64: nextRebalanceMs)
        return output.bytes()
    }

    private static func append(_ task: TaskID, _ version: Int32, to output: inout RawBuffer) {
        output.append(int32: Int32(clamping: task.subTopology))
        output.append(int32: task.partition.rawValue)
        if version >= 10 { output.append(int32: 0) }
    }
}

/// Bytes of the group's leader, or of its members, that cannot be used.
public struct TaskAssignmentException: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit, and where it came from.
    public let message: String
    /// An error with that message.
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// Reads what Java's `DataOutputStream` wrote: big-endian numbers, strings after an int16 with their length.
private struct JavaDataReader {
    private let bytes: Bytes
    private var position = 0

    init(_ bytes: Bytes) { self.bytes = bytes }

    private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(TaskAssignmentException) -> T {
        let end = position + MemoryLayout<T>.size
        guard end <= bytes.count else { throw short }
        defer { position = end }
        return bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: position, as: T.self)) }
    }

    mutating func int32() throws(TaskAssignmentException) -> Int32 { try integer(Int32.self) }
    mutating func int64() throws(TaskAssignmentException) -> Int64 { try integer(Int64.self) }

    /// The length of an array whose elements take at least so many bytes.
    mutating func count(elementSize: Int) throws(TaskAssignmentException) -> Int {
        let count = Int(try int32())
        guard count >= 0, count <= (bytes.count - position) / elementSize else { throw short }
        return count
    }

    mutating func string() throws(TaskAssignmentException) -> String {
        let length = Int(try integer(UInt16.self))
        guard length <= bytes.count - position else { throw short }
        defer { position += length }
        return bytes.withUnsafeBytes { String(decoding: $0[position..<position + length], as: UTF8.self) }
    }

    mutating func taskID(_ version: Int32) throws(TaskAssignmentException) -> TaskID {
        let task = TaskID(subTopology: Int(try int32()), partition: PartitionIndex(try int32()))
        guard version >= 10 else { return task }
        let nameLength = try int32()
        guard nameLength == 0 else {
            throw TaskAssignmentException("Task \(task) belongs to a named topology, which are not supported")
        }
        return task
    }

    private var short: TaskAssignmentException {
        TaskAssignmentException("The leader's assignment ends or is malformed at byte \(position) of \(bytes.count)")
    }
}
