import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The official admin client: topics, partitions, offsets. */
final class AdminTopicCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new AdminTopicCases(cases);
            cases.run("createTopics answers id, partitions and configs", these::creates);
            cases.run("createTopics with defaults and with an assignment", these::assigned);
            cases.run("createTopics validated only makes nothing", these::validates);
            cases.run("createTopics refuses what is wrong, each with its reason", these::refuses);
            cases.run("describeTopics by name, by id, and in pages", these::describes);
            cases.run("listTopics shows internal topics where asked", these::lists);
            cases.run("deleteTopics by name and by id", these::deletes);
            cases.run("a topic made again under its name is another one", these::recreates);
            cases.run("createPartitions grows a topic and refuses to shrink it", these::grows);
            cases.run("listOffsets: earliest, latest, by time, largest time", these::offsets);
            cases.run("deleteRecords moves the start, and no further than the end", these::deletesRecords);
        }
    }

    private final Cases cases;

    private AdminTopicCases(Cases cases) {
        this.cases = cases;
    }

    void creates() throws Exception {
        var result = cases.admin.createTopics(List.of(
            new NewTopic("made", 3, (short) 1).configs(Map.of("retention.ms", "1234567"))));
        Cases.get(result.all());
        Cases.equal(3, Cases.get(result.numPartitions("made")));
        Cases.equal(1, Cases.get(result.replicationFactor("made")));
        Cases.check(!Cases.get(result.topicId("made")).equals(Uuid.ZERO_UUID), "an id");
        var configs = Cases.get(result.config("made"));
        Cases.equal("1234567", configs.get("retention.ms").value());
        Cases.check(!configs.get("retention.ms").isDefault(), "set on the topic");
        Cases.equal("delete", configs.get("cleanup.policy").value());
        Cases.check(configs.get("cleanup.policy").isDefault(), "a default");
        Cases.check(configs.entries().size() >= 25, configs.entries().size() + " configs");
        Cases.equal(Cases.get(result.topicId("made")),
            Cases.get(cases.admin.describeTopics(List.of("made")).allTopicNames()).get("made").topicId());
    }

    void assigned() throws Exception {
        int broker = Cases.get(cases.admin.describeCluster().nodes()).iterator().next().id();
        Cases.get(cases.admin.createTopics(List.of(
            new NewTopic("by-default", Optional.empty(), Optional.empty()),
            new NewTopic("by-hand", Map.of(0, List.of(broker), 1, List.of(broker))))).all());
        var all = Cases.get(cases.admin.describeTopics(List.of("by-default", "by-hand")).allTopicNames());
        Cases.equal(1, all.get("by-default").partitions().size());
        Cases.equal(2, all.get("by-hand").partitions().size());
        Cases.equal(broker, all.get("by-hand").partitions().get(1).leader().id());
    }

    void validates() throws Exception {
        var result = cases.admin.createTopics(List.of(new NewTopic("only-validated", 2, (short) 1)),
            new CreateTopicsOptions().validateOnly(true));
        Cases.get(result.all());
        Cases.equal(2, Cases.get(result.numPartitions("only-validated")));
        Cases.check(!Cases.get(cases.admin.listTopics().names()).contains("only-validated"), "nothing was made");
    }

    private <T extends Throwable> void refused(Class<T> type, NewTopic topic) throws Exception {
        Cases.refused(type, () -> Cases.get(cases.admin.createTopics(List.of(topic)).all()));
        Cases.check(!Cases.get(cases.admin.listTopics().names()).contains(topic.name()) || topic.name().equals("exists"),
            topic.name() + " was made");
    }

    void refuses() throws Exception {
        cases.topic("exists", 1);
        refused(TopicExistsException.class, new NewTopic("exists", 1, (short) 1));
        refused(InvalidTopicException.class, new NewTopic("no/slash", 1, (short) 1));
        refused(InvalidTopicException.class, new NewTopic("..", 1, (short) 1));
        refused(InvalidTopicException.class, new NewTopic("x".repeat(250), 1, (short) 1));
        refused(InvalidPartitionsException.class, new NewTopic("zero", 0, (short) 1));
        refused(InvalidReplicationFactorException.class, new NewTopic("seven", 1, (short) 7));
        refused(InvalidConfigurationException.class, new NewTopic("odd", 1, (short) 1).configs(Map.of("no.such", "1")));
        refused(InvalidConfigurationException.class,
            new NewTopic("worse", 1, (short) 1).configs(Map.of("retention.ms", "soon")));
        refused(InvalidReplicaAssignmentException.class, new NewTopic("nowhere", Map.of(0, List.of(99))));
        refused(InvalidReplicaAssignmentException.class, new NewTopic("gap", Map.of(1, List.of(1))));
        // "a.b" and "a_b" have one name among the metrics.
        cases.topic("clash.a", 1);
        refused(InvalidTopicException.class, new NewTopic("clash_a", 1, (short) 1));
    }

    void describes() throws Exception {
        cases.topic("described", 5);
        var byName = Cases.get(cases.admin.describeTopics(List.of("described"),
            new DescribeTopicsOptions().partitionSizeLimitPerResponse(2)).allTopicNames()).get("described");
        Cases.equal(5, byName.partitions().size());
        Cases.check(!byName.isInternal(), "not internal");
        var byID = Cases.get(cases.admin.describeTopics(TopicCollection.ofTopicIds(List.of(byName.topicId()))).allTopicIds());
        Cases.equal("described", byID.get(byName.topicId()).name());
        for (var partition : byName.partitions()) {
            Cases.equal(1, partition.replicas().size());
            Cases.equal(1, partition.isr().size());
            Cases.equal(partition.leader(), partition.replicas().get(0));
        }
        Cases.refused(UnknownTopicOrPartitionException.class,
            () -> Cases.get(cases.admin.describeTopics(List.of("not-there")).allTopicNames()));
        Cases.refused(UnknownTopicIdException.class, () -> Cases.get(
            cases.admin.describeTopics(TopicCollection.ofTopicIds(List.of(Uuid.randomUuid()))).allTopicIds()));
    }

    void lists() throws Exception {
        cases.topic("listed", 1);
        try (var consumer = cases.consumer("group.id", "lists")) {
            consumer.commitSync(Map.of(new TopicPartition("listed", 0),
                new org.apache.kafka.clients.consumer.OffsetAndMetadata(0)));
        }
        var visible = Cases.get(cases.admin.listTopics().names());
        Cases.check(visible.contains("listed") && !visible.contains("__consumer_offsets"), "" + visible);
        var all = Cases.get(cases.admin.listTopics(new ListTopicsOptions().listInternal(true)).namesToListings());
        Cases.check(all.get("__consumer_offsets").isInternal(), "the offsets topic is internal");
        Cases.check(!all.get("listed").isInternal(), "this one is not");
    }

    void deletes() throws Exception {
        cases.topic("by-name", 1);
        cases.topic("by-id", 1);
        var id = Cases.get(cases.admin.describeTopics(List.of("by-id")).allTopicNames()).get("by-id").topicId();
        Cases.get(cases.admin.deleteTopics(List.of("by-name")).all());
        Cases.get(cases.admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
        var left = Cases.get(cases.admin.listTopics().names());
        Cases.check(!left.contains("by-name") && !left.contains("by-id"), "" + left);
        Cases.refused(UnknownTopicOrPartitionException.class,
            () -> Cases.get(cases.admin.deleteTopics(List.of("by-name")).all()));
        Cases.refused(UnknownTopicIdException.class,
            () -> Cases.get(cases.admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id)),
                new DeleteTopicsOptions()).all()));
    }

    void recreates() throws Exception {
        cases.topic("again", 1);
        cases.fill("again", 1, 5);
        var first = Cases.get(cases.admin.describeTopics(List.of("again")).allTopicNames()).get("again").topicId();
        try (var consumer = cases.consumer("metadata.max.age.ms", "300")) {
            consumer.assign(List.of(new TopicPartition("again", 0)));
            Cases.equal(5, Cases.read(consumer, 5).size());
            Cases.get(cases.admin.deleteTopics(List.of("again")).all());
            cases.topic("again", 1);
            var second = Cases.get(cases.admin.describeTopics(List.of("again")).allTopicNames()).get("again").topicId();
            Cases.check(!first.equals(second), "another id");
            cases.fill("again", 1, 8);
            // The consumer stands at 5 of a topic that is gone: it goes on at 5, or at the start, of the new one.
            var got = Cases.values(Cases.read(consumer, 3));
            Cases.check(got.containsAll(List.of("5", "6", "7")) || got.get(0).equals("0"), "" + got);
        }
    }

    void grows() throws Exception {
        cases.topic("growing", 2);
        Cases.get(cases.admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(4))).all());
        Cases.equal(4, Cases.get(cases.admin.describeTopics(List.of("growing")).allTopicNames()).get("growing")
            .partitions().size());
        for (int count : List.of(4, 3, 0))
            Cases.refused(InvalidPartitionsException.class,
                () -> Cases.get(cases.admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(count))).all()));
        Cases.refused(InvalidReplicaAssignmentException.class, () -> Cases.get(cases.admin.createPartitions(
            Map.of("growing", NewPartitions.increaseTo(5, List.of(List.of(99))))).all()));
        Cases.refused(UnknownTopicOrPartitionException.class, () -> Cases.get(
            cases.admin.createPartitions(Map.of("not-there", NewPartitions.increaseTo(4))).all()));
    }

    private ListOffsetsResultInfo offset(String topic, OffsetSpec spec) throws Exception {
        var partition = new TopicPartition(topic, 0);
        return Cases.get(cases.admin.listOffsets(Map.of(partition, spec)).partitionResult(partition));
    }

    void offsets() throws Exception {
        cases.topic("timed", 1);
        Cases.equal(0L, offset("timed", OffsetSpec.latest()).offset());
        Cases.equal(-1L, offset("timed", OffsetSpec.maxTimestamp()).offset());
        try (var producer = cases.producer()) {
            for (long time : List.of(100L, 500L, 300L, 200L))
                producer.send(new ProducerRecord<>("timed", 0, time, "k", "v")).get();
        }
        Cases.equal(0L, offset("timed", OffsetSpec.earliest()).offset());
        Cases.equal(0L, offset("timed", OffsetSpec.earliestLocal()).offset());
        Cases.equal(4L, offset("timed", OffsetSpec.latest()).offset());
        Cases.equal(-1L, offset("timed", OffsetSpec.latestTiered()).offset());
        Cases.equal(1L, offset("timed", OffsetSpec.maxTimestamp()).offset());
        Cases.equal(500L, offset("timed", OffsetSpec.maxTimestamp()).timestamp());
        Cases.equal(1L, offset("timed", OffsetSpec.forTimestamp(150)).offset());
        Cases.equal(500L, offset("timed", OffsetSpec.forTimestamp(150)).timestamp());
        Cases.equal(-1L, offset("timed", OffsetSpec.forTimestamp(501)).offset());
    }

    private long delete(TopicPartition partition, long before) throws Exception {
        var asked = Map.of(partition, RecordsToDelete.beforeOffset(before));
        return Cases.get(cases.admin.deleteRecords(asked).lowWatermarks().get(partition)).lowWatermark();
    }

    void deletesRecords() throws Exception {
        cases.topic("trimmed", 1);
        cases.fill("trimmed", 1, 20);
        var partition = new TopicPartition("trimmed", 0);
        Cases.equal(7L, delete(partition, 7));
        Cases.equal(7L, delete(partition, 3));
        Cases.refused(OffsetOutOfRangeException.class, () -> delete(partition, 21));
        Cases.equal(7L, offset("trimmed", OffsetSpec.earliest()).offset());
        try (var consumer = cases.consumer()) {
            consumer.assign(List.of(partition));
            Cases.equal("7", Cases.read(consumer, 1).get(0).value());
        }
        Cases.equal(20L, delete(partition, -1));
        Cases.equal(20L, offset("trimmed", OffsetSpec.earliest()).offset());
    }
}
