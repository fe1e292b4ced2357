import Records

/// What a shell hands to a task: where its output goes, where its stores live, and the time.
public struct TaskEnvironment {
    /// The settings that tasks see.
    public var configuration: TaskConfiguration
    /// Takes what the task sends.
    public var collector: any RecordCollector
    /// The folder of the task's persistent stores.
    public var taskDirectory: String
    /// The memory that the stores of the thread share.
    public var cacheBudget: CacheBudget
    /// The global stores of the instance, by name.
    public var globalStores: [String: any StateStore]
    /// The topics that exist, for sources that choose theirs by pattern.
    public var patternTopics: [TopicName]
    /// The wall clock.
    public var now: Timestamp
    /// Sees each record that is dropped, as it happens.
    public var onDrop: ((DroppedRecord) -> Void)?

    /// An environment; without global stores and patterns by default.
    public init(
        configuration: TaskConfiguration,
        collector: any RecordCollector,
        taskDirectory: String,
        cacheBudget: CacheBudget,
        globalStores: [String: any StateStore] = [:],
        patternTopics: [TopicName] = [],
        now: Timestamp
    ) {
        self.configuration = configuration
        self.collector = collector
        self.taskDirectory = taskDirectory
        self.cacheBudget = cacheBudget
        self.globalStores = globalStores
        self.patternTopics = patternTopics
        self.now = now
    }
}
