import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** The official consumer. The second argument is its group protocol: classic or consumer. */
final class ConsumerCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new ConsumerCases(cases, arguments[1]);
            String with = these.protocol + " protocol: ";
            cases.run(with + "a group reads everything, commits, and goes on there", these::resumes);
            cases.run(with + "two members share the partitions, and one takes over", these::shared);
            cases.run(with + "four members of three partitions: one is idle", these::idle);
            cases.run(with + "two topics with different subscribers", these::mixed);
            cases.run(with + "a static member comes back without a rebalance", these::staticMember);
            cases.run(with + "a pattern subscribes to topics as they are made", these::pattern);
            cases.run(with + "new partitions come to a subscribed consumer", these::grows);
            cases.run(with + "seek, seekToBeginning, seekToEnd and position", these::seeks);
            cases.run(with + "offsetsForTimes, beginningOffsets, endOffsets and lag", these::lookups);
            cases.run(with + "pause and resume", these::pauses);
            cases.run(with + "commits with metadata are read back", these::commits);
            cases.run(with + "auto commit commits on close", these::autoCommit);
            cases.run(with + "without a reset an unknown position is an exception", these::noReset);
            cases.run(with + "auto.offset.reset=by_duration finds the record", these::byDuration);
            cases.run(with + "a fetch limited to one byte still makes progress", these::tinyFetch);
            cases.run(with + "max.poll.records is kept", these::pollLimit);
            cases.run(with + "a waiting fetch is woken by a record", these::woken);
            cases.run(with + "partitionsFor and listTopics", these::metadata);
        }
    }

    private final Cases cases;
    private final String protocol;

    private ConsumerCases(Cases cases, String protocol) {
        this.cases = cases;
        this.protocol = protocol;
    }

    private String name(String word) {
        return protocol + "-" + word;
    }

    private KafkaConsumer<String, String> member(String group, String... pairs) {
        var all = new ArrayList<>(List.of("group.protocol", protocol, "group.id", name(group)));
        // The consumer protocol has the session and its heartbeats configured on the broker.
        if (protocol.equals("classic")) all.addAll(List.of("session.timeout.ms", "10000", "heartbeat.interval.ms", "300"));
        all.addAll(List.of(pairs));
        return cases.consumer(all.toArray(String[]::new));
    }

    private static List<Integer> partitions(KafkaConsumer<?, ?> consumer) {
        return consumer.assignment().stream().map(TopicPartition::partition).sorted().toList();
    }

    private static void poll(List<? extends KafkaConsumer<?, ?>> members) {
        for (var member : members) member.poll(Duration.ofMillis(20));
    }

    void resumes() throws Exception {
        String topic = name("resumes");
        cases.topic(topic, 3);
        cases.fill(topic, 3, 300);
        var seen = new HashSet<String>();
        for (int round = 0; round < 3; round++)
            try (var consumer = member("resumes", "max.poll.records", "50")) {
                consumer.subscribe(List.of(topic));
                int wanted = 100 * (round + 1);
                Cases.eventually(wanted + " records", () -> {
                    consumer.poll(Cases.POLL).forEach(r -> Cases.check(seen.add(r.value()), r.value() + " came twice"));
                    return seen.size() >= wanted;
                });
                consumer.commitSync();
            }
        Cases.equal(300, seen.size());
    }

    void shared() throws Exception {
        String topic = name("shared");
        cases.topic(topic, 4);
        try (var first = member("shared"); var second = member("shared")) {
            first.subscribe(List.of(topic));
            Cases.eventually("the first has all", () -> {
                poll(List.of(first));
                return first.assignment().size() == 4;
            });
            second.subscribe(List.of(topic));
            Cases.eventually("each has two", () -> {
                poll(List.of(first, second));
                return first.assignment().size() == 2 && second.assignment().size() == 2;
            });
            Set<Integer> both = new TreeSet<>(partitions(first));
            both.addAll(partitions(second));
            Cases.equal(4, both.size());
            cases.fill(topic, 4, 40);
            var values = new HashSet<String>();
            Cases.eventually("all records", () -> {
                first.poll(Duration.ofMillis(20)).forEach(r -> values.add(r.value()));
                second.poll(Duration.ofMillis(20)).forEach(r -> values.add(r.value()));
                return values.size() == 40;
            });
            first.close();
            Cases.eventually("the second takes over", () -> {
                poll(List.of(second));
                return second.assignment().size() == 4;
            });
        }
    }

    void idle() throws Exception {
        String topic = name("idle");
        cases.topic(topic, 3);
        List<KafkaConsumer<String, String>> members = new ArrayList<>();
        try {
            for (int count = 1; count <= 4; count++) {
                members.add(member("idle"));
                members.get(count - 1).subscribe(List.of(topic));
                List<Integer> wanted = List.of(List.of(3), List.of(1, 2), List.of(1, 1, 1), List.of(0, 1, 1, 1)).get(count - 1);
                Cases.eventually(count + " members have " + wanted, () -> {
                    poll(members);
                    var all = new TreeSet<Integer>();
                    members.forEach(m -> all.addAll(partitions(m)));
                    return all.size() == 3
                        && members.stream().map(m -> m.assignment().size()).sorted().toList().equals(wanted);
                });
            }
        } finally {
            members.forEach(KafkaConsumer::close);
        }
    }

    void mixed() throws Exception {
        String one = name("mixed-1"), two = name("mixed-2");
        cases.topic(one, 2);
        cases.topic(two, 2);
        try (var both = member("mixed"); var single = member("mixed")) {
            both.subscribe(List.of(one, two));
            single.subscribe(List.of(two));
            Cases.eventually("all partitions are owned, those of the first topic by its subscriber", () -> {
                poll(List.of(both, single));
                var all = new HashSet<>(both.assignment());
                all.addAll(single.assignment());
                return all.size() == 4 && !single.assignment().isEmpty()
                    && both.assignment().size() + single.assignment().size() == 4;
            });
            Cases.check(single.assignment().stream().allMatch(p -> p.topic().equals(two)), "" + single.assignment());
        }
    }

    void staticMember() throws Exception {
        String topic = name("static");
        cases.topic(topic, 2);
        var revoked = new ArrayList<TopicPartition>();
        var listener = new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                revoked.addAll(partitions);
            }
        };
        try (var stays = member("static", "group.instance.id", "stays")) {
            stays.subscribe(List.of(topic), listener);
            List<Integer> before;
            try (var goes = member("static", "group.instance.id", "goes")) {
                goes.subscribe(List.of(topic));
                Cases.eventually("one each", () -> {
                    poll(List.of(stays, goes));
                    return stays.assignment().size() == 1 && goes.assignment().size() == 1;
                });
                before = partitions(goes);
            }
            revoked.clear();
            try (var back = member("static", "group.instance.id", "goes")) {
                back.subscribe(List.of(topic));
                Cases.eventually("it is back", () -> {
                    poll(List.of(stays, back));
                    return back.assignment().size() == 1;
                });
                Cases.equal(before, partitions(back));
                Cases.equal(1, stays.assignment().size());
                Cases.equal(List.of(), revoked);
            }
        }
    }

    void pattern() throws Exception {
        cases.topic(name("pattern.a"), 1);
        cases.topic(name("other.a"), 1);
        try (var consumer = member("pattern", "metadata.max.age.ms", "500")) {
            consumer.subscribe(java.util.regex.Pattern.compile(protocol + "-pattern\\..*"));
            Cases.eventually("the first topic", () -> {
                poll(List.of(consumer));
                return consumer.assignment().equals(Set.of(new TopicPartition(name("pattern.a"), 0)));
            });
            cases.topic(name("pattern.b"), 1);
            Cases.eventually("the second topic", () -> {
                poll(List.of(consumer));
                return consumer.assignment().size() == 2;
            });
        }
    }

    void grows() throws Exception {
        String topic = name("grows");
        cases.topic(topic, 1);
        try (var consumer = member("grows", "metadata.max.age.ms", "500")) {
            consumer.subscribe(List.of(topic));
            Cases.eventually("one partition", () -> {
                poll(List.of(consumer));
                return consumer.assignment().size() == 1;
            });
            Cases.get(cases.admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all());
            Cases.eventually("three partitions", () -> {
                poll(List.of(consumer));
                return consumer.assignment().size() == 3;
            });
        }
    }

    void seeks() throws Exception {
        String topic = name("seeks");
        cases.topic(topic, 1);
        cases.fill(topic, 1, 100);
        var partition = new TopicPartition(topic, 0);
        try (var consumer = member("seeks")) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 97);
            Cases.equal(List.of("97", "98", "99"), Cases.values(Cases.read(consumer, 3)));
            Cases.equal(100L, consumer.position(partition));
            consumer.seekToBeginning(List.of(partition));
            Cases.equal(0L, consumer.position(partition));
            Cases.equal("0", Cases.read(consumer, 1).get(0).value());
            consumer.seekToEnd(List.of(partition));
            Cases.equal(100L, consumer.position(partition));
            consumer.seek(partition, new OffsetAndMetadata(50, Optional.empty(), ""));
            Cases.equal("50", Cases.read(consumer, 1).get(0).value());
        }
    }

    void lookups() throws Exception {
        String topic = name("lookups");
        cases.topic(topic, 2);
        var first = new TopicPartition(topic, 0);
        var empty = new TopicPartition(topic, 1);
        try (var producer = cases.producer(); var consumer = member("lookups")) {
            for (int n = 0; n < 50; n++)
                producer.send(new ProducerRecord<>(topic, 0, 1_000_000L + n * 10, null, "" + n)).get();
            var found = consumer.offsetsForTimes(Map.of(first, 1_000_205L, empty, 5L));
            Cases.equal(21L, found.get(first).offset());
            Cases.equal(1_000_210L, found.get(first).timestamp());
            Cases.equal(null, found.get(empty));
            Cases.equal(null, consumer.offsetsForTimes(Map.of(first, 2_000_000L)).get(first));
            Cases.equal(Map.of(first, 0L, empty, 0L), consumer.beginningOffsets(List.of(first, empty)));
            Cases.equal(Map.of(first, 50L, empty, 0L), consumer.endOffsets(List.of(first, empty)));
            consumer.assign(List.of(first));
            consumer.seek(first, 20);
            int got = Cases.read(consumer, 1).size();
            Cases.eventually("the lag is known", () -> consumer.currentLag(first).isPresent());
            Cases.equal(30L - got, consumer.currentLag(first).getAsLong());
        }
    }

    void pauses() throws Exception {
        String topic = name("pauses");
        cases.topic(topic, 2);
        cases.fill(topic, 2, 20);
        var first = new TopicPartition(topic, 0);
        try (var consumer = member("pauses")) {
            consumer.assign(List.of(first, new TopicPartition(topic, 1)));
            consumer.pause(List.of(first));
            var got = Cases.read(consumer, 10);
            Cases.check(got.stream().allMatch(r -> r.partition() == 1), "only the other partition comes");
            Cases.equal(0, consumer.poll(Duration.ofMillis(300)).count());
            consumer.resume(List.of(first));
            Cases.equal(10, Cases.read(consumer, 10).size());
        }
    }

    void commits() throws Exception {
        String topic = name("commits");
        cases.topic(topic, 2);
        cases.fill(topic, 2, 20);
        var first = new TopicPartition(topic, 0);
        var second = new TopicPartition(topic, 1);
        try (var consumer = member("commits")) {
            consumer.assign(List.of(first, second));
            consumer.commitSync(Map.of(first, new OffsetAndMetadata(3, Optional.of(0), "note")));
            var done = new java.util.concurrent.CompletableFuture<Exception>();
            consumer.commitAsync(Map.of(second, new OffsetAndMetadata(5)), (offsets, thrown) -> done.complete(thrown));
            Cases.eventually("the answer", () -> {
                poll(List.of(consumer));
                return done.isDone();
            });
            Cases.equal(null, done.get());
            var read = consumer.committed(Set.of(first, second));
            Cases.equal(new OffsetAndMetadata(3, Optional.of(0), "note"), read.get(first));
            Cases.equal(5L, read.get(second).offset());
            Cases.equal(null, consumer.committed(Set.of(new TopicPartition(topic, 7))).get(new TopicPartition(topic, 7)));
        }
    }

    void autoCommit() throws Exception {
        String topic = name("auto");
        cases.topic(topic, 1);
        cases.fill(topic, 1, 10);
        var partition = new TopicPartition(topic, 0);
        try (var consumer = member("auto", "enable.auto.commit", "true")) {
            consumer.subscribe(List.of(topic));
            Cases.read(consumer, 10);
        }
        try (var consumer = member("auto")) {
            Cases.equal(10L, consumer.committed(Set.of(partition)).get(partition).offset());
        }
    }

    void noReset() throws Exception {
        String topic = name("no-reset");
        cases.topic(topic, 1);
        cases.fill(topic, 1, 10);
        var partition = new TopicPartition(topic, 0);
        try (var consumer = member("no-reset", "auto.offset.reset", "none")) {
            consumer.assign(List.of(partition));
            Cases.refused(NoOffsetForPartitionException.class, () -> consumer.poll(Duration.ofSeconds(10)));
            consumer.seek(partition, 11);
            var thrown = Cases.refused(OffsetOutOfRangeException.class, () -> {
                for (int n = 0; n < 100; n++) consumer.poll(Cases.POLL);
            });
            Cases.equal(Map.of(partition, 11L), thrown.offsetOutOfRangePartitions());
        }
    }

    void byDuration() throws Exception {
        String topic = name("duration");
        cases.topic(topic, 1);
        long now = System.currentTimeMillis();
        try (var producer = cases.producer()) {
            for (int hour = 5; hour >= 0; hour--)
                producer.send(new ProducerRecord<>(topic, 0, now - hour * 3_600_000L, null, hour + " h")).get();
        }
        try (var consumer = member("duration", "auto.offset.reset", "by_duration:PT2H30M")) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            Cases.equal(List.of("2 h", "1 h", "0 h"), Cases.values(Cases.read(consumer, 3)));
        }
    }

    void tinyFetch() throws Exception {
        String topic = name("tiny");
        cases.topic(topic, 3);
        cases.fill(topic, 3, 90);
        try (var consumer = member("tiny", "fetch.max.bytes", "1", "max.partition.fetch.bytes", "1")) {
            consumer.assign(IntStream.range(0, 3).mapToObj(n -> new TopicPartition(topic, n)).toList());
            Cases.equal(90, new HashSet<>(Cases.values(Cases.read(consumer, 90))).size());
        }
    }

    void pollLimit() throws Exception {
        String topic = name("limit");
        cases.topic(topic, 1);
        cases.fill(topic, 1, 100);
        try (var consumer = member("limit", "max.poll.records", "7")) {
            consumer.subscribe(List.of(topic));
            int all = 0;
            for (int polls = 0; all < 100 && polls < 500; polls++) {
                int count = consumer.poll(Cases.POLL).count();
                Cases.check(count <= 7, count + " records from one poll");
                all += count;
            }
            Cases.equal(100, all);
        }
    }

    void woken() throws Exception {
        String topic = name("woken");
        cases.topic(topic, 1);
        try (var consumer = member("woken", "fetch.max.wait.ms", "20000", "fetch.min.bytes", "1"); var producer = cases.producer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.seekToBeginning(consumer.assignment());
            Cases.equal(0, consumer.poll(Duration.ofMillis(500)).count());
            producer.send(new ProducerRecord<>(topic, "now")).get();
            long before = System.nanoTime();
            Cases.equal("now", Cases.read(consumer, 1).get(0).value());
            long millis = (System.nanoTime() - before) / 1_000_000;
            Cases.check(millis < 5000, "the record took " + millis + " ms");
        }
    }

    void metadata() throws Exception {
        String topic = name("metadata");
        cases.topic(topic, 2);
        try (var consumer = member("metadata")) {
            Cases.equal(2, consumer.partitionsFor(topic).size());
            Cases.check(consumer.listTopics().containsKey(topic), "listed");
            try (var strict = member("metadata", "allow.auto.create.topics", "false")) {
                Cases.equal(List.of(), strict.partitionsFor("not-there", Duration.ofSeconds(5)));
            }
            Cases.check(!consumer.listTopics().containsKey("not-there"), "not made by asking");
        }
    }
}
