import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** The official admin client: classic groups and their offsets. */
final class AdminGroupCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new AdminGroupCases(cases);
            cases.run("describeClassicGroups tells protocol and members", these::classic);
            cases.run("a group that is not there is an error", these::missing);
            cases.run("listGroups filters by state, type and protocol type", these::lists);
            cases.run("offsets of an empty group are altered, listed and deleted", these::offsets);
            cases.run("offsets of a group with members are not altered", these::guarded);
            cases.run("a group with members is not deleted, an empty one is", these::deletes);
            cases.run("a static member is removed from its group", these::removes);
            cases.run("a closed consumer leaves an empty group with its offsets", these::empties);
        }
    }

    private final Cases cases;

    private AdminGroupCases(Cases cases) {
        this.cases = cases;
    }

    private KafkaConsumer<String, String> member(String group, String topic, String... pairs) throws Exception {
        var all = new java.util.ArrayList<>(List.of("group.id", group, "heartbeat.interval.ms", "300",
            "client.id", "reader"));
        all.addAll(List.of(pairs));
        KafkaConsumer<String, String> consumer = cases.consumer(all.toArray(String[]::new));
        consumer.subscribe(List.of(topic));
        Cases.eventually("an assignment", () -> {
            consumer.poll(Duration.ofMillis(20));
            return !consumer.assignment().isEmpty();
        });
        // Until it has its positions, the client may answer committed() with what it asked for before.
        consumer.assignment().forEach(consumer::position);
        return consumer;
    }

    void describes() throws Exception {
        cases.topic("group-described", 2);
        int broker = Cases.get(cases.admin.describeCluster().nodes()).iterator().next().id();
        try (var consumer = member("described", "group-described")) {
            var group = Cases.get(cases.admin.describeConsumerGroups(List.of("described"),
                new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true)).all()).get("described");
            Cases.equal(GroupState.STABLE, group.groupState());
            Cases.equal(GroupType.CLASSIC, group.type());
            Cases.equal("range", group.partitionAssignor());
            Cases.equal(broker, group.coordinator().id());
            Cases.check(!group.authorizedOperations().isEmpty(), "operations");
            Cases.equal(1, group.members().size());
            var one = group.members().iterator().next();
            Cases.equal("reader", one.clientId());
            Cases.equal("/127.0.0.1", one.host());
            Cases.equal(consumer.groupMetadata().memberId(), one.consumerId());
            Cases.equal(Set.of(new TopicPartition("group-described", 0), new TopicPartition("group-described", 1)),
                one.assignment().topicPartitions());
        }
    }

    void classic() throws Exception {
        cases.topic("group-classic", 1);
        try (var consumer = member("classic-described", "group-classic")) {
            var group = Cases.get(cases.admin.describeClassicGroups(List.of("classic-described")).all())
                .get("classic-described");
            Cases.equal("consumer", group.protocol());
            Cases.equal("range", group.protocolData());
            Cases.equal(org.apache.kafka.common.ClassicGroupState.STABLE, group.state());
            Cases.equal(1, group.members().size());
        }
    }

    void missing() throws Exception {
        Cases.refused(GroupIdNotFoundException.class,
            () -> Cases.get(cases.admin.describeConsumerGroups(List.of("nobody")).all()));
        Cases.refused(GroupIdNotFoundException.class,
            () -> Cases.get(cases.admin.describeClassicGroups(List.of("nobody")).all()));
        Cases.refused(GroupIdNotFoundException.class,
            () -> Cases.get(cases.admin.deleteConsumerGroups(List.of("nobody")).all()));
    }

    private Optional<GroupListing> listed(String group, ListGroupsOptions options) throws Exception {
        return Cases.get(cases.admin.listGroups(options).all()).stream().filter(g -> g.groupId().equals(group)).findFirst();
    }

    void lists() throws Exception {
        cases.topic("group-listed", 1);
        try (var consumer = member("listed", "group-listed")) {
            var found = listed("listed", new ListGroupsOptions()).get();
            Cases.equal("consumer", found.protocol());
            Cases.equal(Optional.of(GroupType.CLASSIC), found.type());
            Cases.equal(Optional.of(GroupState.STABLE), found.groupState());
            Cases.check(listed("listed", new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE))).isPresent(), "stable");
            Cases.check(listed("listed", new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY))).isEmpty(), "not empty");
            Cases.check(listed("listed", new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC))).isPresent(), "classic");
            Cases.check(listed("listed", new ListGroupsOptions().withTypes(Set.of(GroupType.CONSUMER))).isEmpty(), "not consumer");
            Cases.check(listed("listed", ListGroupsOptions.forConsumerGroups()).isPresent(), "among consumer groups");
            Cases.check(listed("listed", new ListGroupsOptions().withProtocolTypes(Set.of("connect"))).isEmpty(), "not connect");
        }
    }

    void offsets() throws Exception {
        cases.topic("group-offsets", 2);
        cases.fill("group-offsets", 2, 20);
        var first = new TopicPartition("group-offsets", 0);
        var second = new TopicPartition("group-offsets", 1);
        Cases.get(cases.admin.alterConsumerGroupOffsets("by-admin",
            Map.of(first, new OffsetAndMetadata(4, Optional.of(0), "set"), second, new OffsetAndMetadata(5))).all());
        var read = Cases.get(cases.admin.listConsumerGroupOffsets("by-admin").partitionsToOffsetAndMetadata());
        Cases.equal(Map.of(first, new OffsetAndMetadata(4, Optional.of(0), "set"), second, new OffsetAndMetadata(5)), read);
        var some = Cases.get(cases.admin.listConsumerGroupOffsets(
            Map.of("by-admin", new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(second))),
            new ListConsumerGroupOffsetsOptions().requireStable(true)).all());
        Cases.equal(Map.of("by-admin", Map.of(second, new OffsetAndMetadata(5))), some);
        Cases.get(cases.admin.deleteConsumerGroupOffsets("by-admin", Set.of(first)).all());
        Cases.equal(Set.of(second),
            Cases.get(cases.admin.listConsumerGroupOffsets("by-admin").partitionsToOffsetAndMetadata()).keySet());
    }

    void guarded() throws Exception {
        cases.topic("group-guarded", 1);
        var partition = new TopicPartition("group-guarded", 0);
        try (var consumer = member("guarded", "group-guarded")) {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
            Cases.refused(UnknownMemberIdException.class, () -> Cases.get(
                cases.admin.alterConsumerGroupOffsets("guarded", Map.of(partition, new OffsetAndMetadata(9))).all()));
            Cases.refused(GroupSubscribedToTopicException.class, () -> Cases.get(
                cases.admin.deleteConsumerGroupOffsets("guarded", Set.of(partition)).all()));
            Cases.equal(0L, consumer.committed(Set.of(partition)).get(partition).offset());
        }
    }

    void deletes() throws Exception {
        cases.topic("group-deleted", 1);
        try (var consumer = member("deleted", "group-deleted")) {
            Cases.refused(GroupNotEmptyException.class,
                () -> Cases.get(cases.admin.deleteConsumerGroups(List.of("deleted")).all()));
        }
        Cases.get(cases.admin.deleteConsumerGroups(List.of("deleted")).all());
        Cases.check(listed("deleted", new ListGroupsOptions()).isEmpty(), "gone");
    }

    void removes() throws Exception {
        cases.topic("group-removed", 1);
        var consumer = member("removed", "group-removed", "group.instance.id", "fixed");
        var options = new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("fixed")));
        Cases.get(cases.admin.removeMembersFromConsumerGroup("removed", options).all());
        var group = Cases.get(cases.admin.describeConsumerGroups(List.of("removed")).all()).get("removed");
        Cases.equal(0, group.members().size());
        Cases.equal(GroupState.EMPTY, group.groupState());
        consumer.close();
    }

    void empties() throws Exception {
        cases.topic("group-emptied", 1);
        cases.fill("group-emptied", 1, 3);
        var partition = new TopicPartition("group-emptied", 0);
        try (var consumer = member("emptied", "group-emptied")) {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(3)));
        }
        var group = Cases.get(cases.admin.describeConsumerGroups(List.of("emptied")).all()).get("emptied");
        Cases.equal(GroupState.EMPTY, group.groupState());
        Cases.equal(3L, Cases.get(cases.admin.listConsumerGroupOffsets("emptied").partitionsToOffsetAndMetadata())
            .get(partition).offset());
    }
}
