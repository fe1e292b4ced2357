/// How tasks behave: the part of the application's configuration that they see.
public struct TaskConfiguration: Sendable {
    /// `application.id`: the prefix of internal topics' names.
    public var applicationID: String
    /// `max.task.idle.ms`: how long a task with records waits for an empty partition, so as to keep to the order of
    /// timestamps. Zero does not wait; nil goes on at once even when the broker is known to have more.
    public var maxTaskIdle: Duration? = .zero
    /// `default.timestamp.extractor`
    public var defaultTimestampExtractor = DefaultTimestampExtractor.failOnInvalidTimestamp
    /// `default.deserialization.exception.handler`.
    public var deserializationExceptionHandler = DeserializationExceptionHandler.logAndFail
    /// `processing.exception.handler`.
    public var processingExceptionHandler = ProcessingExceptionHandler.logAndFail
    /// `default.production.exception.handler`.
    public var productionExceptionHandler = ProductionExceptionHandler.fail
    /// Stands around the operators: what `processor.wrapper.class` names in Java.
    public var processorWrapper: (any ProcessorWrapper)?

    /// How often aggregations that emit on window close look for closed windows, by the wall clock:
    /// `__emit.interval.ms.kstreams.windowed.aggregation__`. With every record, unless told otherwise, as in Kafka's driver; the
    /// default of an application is a second.
    public var windowEmitInterval: Duration = .zero
    /// How often left and outer joins of streams look for records that stayed alone, by the wall clock:
    /// `__emit.interval.ms.kstreams.outer.join.spurious.results.fix__`. With every record, unless told otherwise, as in Kafka's
    /// driver; the default of an application is a second.
    public var outerJoinEmitInterval: Duration = .zero

    /// Settings with Kafka's defaults.
    public init(applicationID: String) {
        self.applicationID = applicationID
    }
}
