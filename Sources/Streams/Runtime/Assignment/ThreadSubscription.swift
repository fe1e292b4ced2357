import KafkaProtocol
import Records

/// What a stream thread tells the group's leader: its process and the state it has, as Kafka Streams'
/// `SubscriptionInfo`.
struct ThreadSubscription: Hashable, Sendable {
    /// Stands in place of an offset sum for a task that the thread runs.
    static let running: Int64 = -2

    var version = AssignmentInfo.latestVersion
    var latestSupportedVersion = AssignmentInfo.latestVersion
    var processID: KafkaUUID
    /// The sum of the changelog offsets that a task's stores have come to; ``running`` where the thread runs it.
    var offsetSums: [TaskID: Int64] = [:]
    /// Changes from one join to the next, so that the coordinator takes every join for news.
    var uniqueField: Int8 = 0
    var failure = AssignmentInfo.Failure.none

    init(processID: KafkaUUID) { self.processID = processID }

    /// Reads the bytes. Errors: ``TaskAssignmentException``, `WireError`.
    init(_ bytes: Bytes) throws {
        guard bytes.count >= 4 else {
            throw TaskAssignmentException("A member's subscription has \(bytes.count) bytes")
        }
        version = bytes.withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
        guard version >= AssignmentInfo.oldestVersion, version <= AssignmentInfo.latestVersion else {
            throw TaskAssignmentException(
                "A member subscribes in version \(version); versions \(AssignmentInfo.oldestVersion) to "
                    + "\(AssignmentInfo.latestVersion) are understood"
            )
        }
        let data = try SubscriptionInfoData.decode(bytes, version: Int16(version))
        latestSupportedVersion = data.latestSupportedVersion
        processID = data.processId
        uniqueField = data.uniqueField
        failure = AssignmentInfo.Failure(rawValue: data.errorCode) ?? .none
        for entry in data.taskOffsetSums {
            if version >= 10 {
                offsetSums[TaskID(subTopology: Int(entry.topicGroupId), partition: entry.partition)] = entry.offsetSum
            } else {
                for sum in entry.partitionToOffsetSum {
                    offsetSums[TaskID(subTopology: Int(entry.topicGroupId), partition: sum.partition)] = sum.offsetSum
                }
            }
        }
    }

    /// The bytes, in the latest version.
    func encoded() throws -> Bytes {
        var data = SubscriptionInfoData()
        data.version = AssignmentInfo.latestVersion
        data.latestSupportedVersion = latestSupportedVersion
        data.processId = processID
        data.uniqueField = uniqueField
        data.errorCode = failure.rawValue
        data.taskOffsetSums = offsetSums.sorted { $0.key < $1.key }.map { task, sum in
            SubscriptionInfoData.TaskOffsetSum(
                topicGroupId: Int32(clamping: task.subTopology),
                partition: task.partition,
                offsetSum: sum,
                namedTopology: nil
            )
        }
        return try data.encoded(version: Int16(AssignmentInfo.latestVersion))
    }

    /// The thread as the assignor sees it.
    func member(_ id: MemberID) -> TaskAssignor.Member {
        var member = TaskAssignor.Member(id: id, processID: processID)
        for (task, sum) in offsetSums {
            if sum == ThreadSubscription.running {
                member.activeTasks.insert(task)
            } else {
                member.offsetSums[task] = max(sum, 0)
            }
        }
        return member
    }
}
