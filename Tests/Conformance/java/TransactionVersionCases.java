import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Transactions of the official client. The second argument is the level of transaction.version: 0, 1 or 2. */
@SuppressWarnings("removal")  // a group's metadata made by hand
final class TransactionVersionCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new TransactionVersionCases(cases, Short.parseShort(arguments[1]));
            String with = "transaction.version " + these.version + " | ";
            cases.run(with + "is the level that the broker takes on", these::level);
            cases.run(with + "committed records are seen, aborted ones are not", these::outcomes);
            cases.run(with + "an open transaction holds read_committed back", these::open);
            cases.run(with + "transactions of three producers that interleave", these::interleaved);
            cases.run(with + "a consumer that starts in the middle", these::middle);
            cases.run(with + "a second producer of the id fences the first", these::fenced);
            cases.run(with + "consume, transform, produce: each record exactly once", these::pipeline);
            cases.run(with + "offsets of an aborted transaction are not committed", these::abortedOffsets);
            cases.run(with + "a stale generation cannot commit offsets", these::staleGroup);
            cases.run(with + "an empty transaction commits and aborts", these::empty);
            cases.run(with + "a thousand small transactions one after the other", these::many);
            cases.run(with + "a transaction that takes too long is aborted", these::timesOut);
            cases.run(with + "a timeout above transaction.max.timeout.ms is refused", these::timeoutBound);
            cases.run(with + "describeTransactions and listTransactions", these::describes);
            cases.run(with + "describeProducers and abortTransaction", these::abortsByHand);
            cases.run(with + "fenceProducers", these::fencesByHand);
        }
    }

    private final Cases cases;
    private final short version;

    private TransactionVersionCases(Cases cases, short version) {
        this.cases = cases;
        this.version = version;
    }

    private String name(String word) {
        return word + "-" + version;
    }

    private KafkaProducer<String, String> transactional(String id, String... pairs) {
        var all = new ArrayList<>(List.of("transactional.id", name(id)));
        all.addAll(List.of(pairs));
        var producer = cases.producer(all.toArray(String[]::new));
        producer.initTransactions();
        return producer;
    }

    private KafkaConsumer<String, String> committed(String topic, String... pairs) {
        var all = new ArrayList<>(List.of("isolation.level", "read_committed"));
        all.addAll(List.of(pairs));
        var consumer = cases.consumer(all.toArray(String[]::new));
        if (!all.contains("group.id")) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.seekToBeginning(consumer.assignment());
        }
        return consumer;
    }

    private static void send(KafkaProducer<String, String> producer, String topic, String... values) {
        for (String value : values) producer.send(new ProducerRecord<>(topic, 0, value, value));
    }

    private static List<String> few(KafkaConsumer<String, String> consumer) {
        List<String> all = new ArrayList<>();
        for (int n = 0; n < 5; n++) consumer.poll(Cases.POLL).forEach(r -> all.add(r.value()));
        return all;
    }

    private short finalized() throws Exception {
        var level = Cases.get(cases.admin.describeFeatures().featureMetadata()).finalizedFeatures().get("transaction.version");
        return level == null ? 0 : level.maxVersionLevel();
    }

    void level() throws Exception {
        // A broker that was just formatted has the newest.
        Cases.equal((short) 2, finalized());
        if (version == 2) return;
        var down = new FeatureUpdate(version, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
        Cases.get(cases.admin.updateFeatures(Map.of("transaction.version", down), new UpdateFeaturesOptions()).all());
        Cases.equal(version, finalized());
    }

    void outcomes() throws Exception {
        String topic = name("outcomes");
        cases.topic(topic, 1);
        try (var producer = transactional("outcomes"); var strict = committed(topic); var lax = cases.consumer()) {
            producer.beginTransaction();
            send(producer, topic, "a", "b");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, topic, "x", "y");
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, topic, "c");
            producer.commitTransaction();
            Cases.equal(List.of("a", "b", "c"), Cases.values(Cases.read(strict, 3)));
            lax.assign(List.of(new TopicPartition(topic, 0)));
            Cases.equal(List.of("a", "b", "x", "y", "c"), Cases.values(Cases.read(lax, 5)));
            // Five records and three markers.
            Cases.equal(8L, strict.position(new TopicPartition(topic, 0)));
            Cases.equal(8L, lax.endOffsets(lax.assignment()).get(new TopicPartition(topic, 0)));
        }
    }

    void open() throws Exception {
        String topic = name("open");
        cases.topic(topic, 1);
        var partition = new TopicPartition(topic, 0);
        try (var producer = transactional("open"); var plain = cases.producer(); var strict = committed(topic)) {
            plain.send(new ProducerRecord<>(topic, 0, null, "before")).get();
            producer.beginTransaction();
            send(producer, topic, "inside");
            producer.flush();
            plain.send(new ProducerRecord<>(topic, 0, null, "after")).get();
            Cases.equal(List.of("before"), few(strict));
            Cases.equal(1L, strict.endOffsets(List.of(partition)).get(partition));
            Cases.equal(1L, Cases.get(cases.admin.listOffsets(Map.of(partition, OffsetSpec.latest()),
                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).partitionResult(partition)).offset());
            Cases.equal(3L, Cases.get(cases.admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)).offset());
            producer.commitTransaction();
            Cases.equal(List.of("inside", "after"), Cases.values(Cases.read(strict, 2)));
        }
    }

    void interleaved() throws Exception {
        String topic = name("interleaved");
        cases.topic(topic, 1);
        List<KafkaProducer<String, String>> producers = new ArrayList<>();
        List<String> wanted = new ArrayList<>();
        try (var strict = committed(topic)) {
            for (int n = 0; n < 3; n++) producers.add(transactional("interleaved-" + n));
            for (int round = 0; round < 20; round++) {
                for (var producer : producers) producer.beginTransaction();
                for (int n = 0; n < 3; n++) {
                    String value = round + "." + n;
                    send(producers.get(n), topic, value);
                    producers.get(n).flush();
                    if ((round + n) % 3 != 0) wanted.add(value);
                }
                for (int n = 2; n >= 0; n--)
                    if ((round + n) % 3 == 0) producers.get(n).abortTransaction();
                    else producers.get(n).commitTransaction();
            }
            Cases.equal(wanted, Cases.values(Cases.read(strict, wanted.size())));
            Cases.equal(List.of(), few(strict));
        } finally {
            producers.forEach(KafkaProducer::close);
        }
    }

    void middle() throws Exception {
        String topic = name("middle");
        cases.topic(topic, 1);
        var partition = new TopicPartition(topic, 0);
        try (var producer = transactional("middle"); var strict = committed(topic)) {
            producer.beginTransaction();
            for (int n = 0; n < 10; n++) {
                send(producer, topic, "x" + n);
                producer.flush();
            }
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, topic, "a");
            producer.commitTransaction();
            // Every place within the aborted transaction, its marker, and the record after.
            for (long offset = 0; offset <= 11; offset++) {
                strict.seek(partition, offset);
                Cases.equal(List.of("a"), Cases.values(Cases.read(strict, 1)));
            }
        }
    }

    void fenced() throws Exception {
        String topic = name("fenced");
        cases.topic(topic, 1);
        try (var first = transactional("fenced"); var strict = committed(topic)) {
            first.beginTransaction();
            send(first, topic, "lost");
            first.flush();
            try (var second = transactional("fenced")) {
                Cases.refused(ProducerFencedException.class, () -> {
                    try {
                        send(first, topic, "late");
                        first.commitTransaction();
                    } catch (InvalidProducerEpochException old) {
                        throw new ProducerFencedException("by its epoch: " + old);
                    }
                });
                second.beginTransaction();
                send(second, topic, "kept");
                second.commitTransaction();
            }
            Cases.equal(List.of("kept"), Cases.values(Cases.read(strict, 1)));
            Cases.equal(List.of(), few(strict));
        }
    }

    void pipeline() throws Exception {
        String from = name("pipe-in"), to = name("pipe-out");
        cases.topic(from, 2);
        cases.topic(to, 1);
        cases.fill(from, 2, 300);
        String[] group = {"group.id", name("pipe"), "max.poll.records", "20"};
        int rounds = 0;
        try (var producer = transactional("pipe"); var reader = committed(from, group)) {
            reader.subscribe(List.of(from));
            for (int moved = 0; moved < 300;) {
                var records = reader.poll(Cases.POLL);
                if (records.isEmpty()) continue;
                producer.beginTransaction();
                for (var record : records) send(producer, to, record.value());
                Map<TopicPartition, OffsetAndMetadata> next = new java.util.HashMap<>();
                for (var part : records.partitions()) {
                    var last = records.records(part).get(records.records(part).size() - 1);
                    next.put(part, new OffsetAndMetadata(last.offset() + 1));
                }
                producer.sendOffsetsToTransaction(next, reader.groupMetadata());
                if (++rounds % 3 == 0) {
                    producer.abortTransaction();
                    // Back to what is committed.
                    for (var part : reader.assignment()) {
                        var at = reader.committed(Set.of(part)).get(part);
                        reader.seek(part, at == null ? 0 : at.offset());
                    }
                } else {
                    producer.commitTransaction();
                    moved += records.count();
                }
            }
            for (var part : reader.assignment())
                Cases.equal(150L, reader.committed(Set.of(part)).get(part).offset());
        }
        try (var strict = committed(to)) {
            var got = Cases.values(Cases.read(strict, 300));
            Cases.equal(300, got.size());
            Cases.equal(300, new HashSet<>(got).size());
            Cases.equal(List.of(), few(strict));
        }
    }

    void abortedOffsets() throws Exception {
        String topic = name("aborted-offsets");
        cases.topic(topic, 1);
        cases.fill(topic, 1, 10);
        var partition = new TopicPartition(topic, 0);
        var group = new ConsumerGroupMetadata(name("aborted-offsets"));
        try (var producer = transactional("aborted-offsets"); var reader = cases.consumer("group.id", group.groupId())) {
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(4)), group);
            producer.abortTransaction();
            Cases.equal(null, reader.committed(Set.of(partition)).get(partition));
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(7)), group);
            producer.commitTransaction();
            Cases.equal(7L, reader.committed(Set.of(partition)).get(partition).offset());
        }
    }

    void staleGroup() throws Exception {
        String topic = name("stale");
        cases.topic(topic, 1);
        cases.fill(topic, 1, 10);
        var partition = new TopicPartition(topic, 0);
        try (var producer = transactional("stale"); var reader = cases.consumer("group.id", name("stale"))) {
            reader.subscribe(List.of(topic));
            Cases.read(reader, 1);
            producer.beginTransaction();
            var stranger = new ConsumerGroupMetadata(name("stale"), 99, reader.groupMetadata().memberId(),
                java.util.Optional.empty());
            Cases.refused(CommitFailedException.class, () -> {
                producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(4)), stranger);
                producer.commitTransaction();
            });
            producer.abortTransaction();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(5)), reader.groupMetadata());
            producer.commitTransaction();
            Cases.equal(5L, reader.committed(Set.of(partition)).get(partition).offset());
        }
    }

    void empty() throws Exception {
        String topic = name("empty");
        cases.topic(topic, 1);
        try (var producer = transactional("empty"); var strict = committed(topic)) {
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, topic, "a");
            producer.commitTransaction();
            Cases.equal(List.of("a"), Cases.values(Cases.read(strict, 1)));
            Cases.equal(2L, strict.endOffsets(strict.assignment()).get(new TopicPartition(topic, 0)));
        }
    }

    void many() throws Exception {
        String topic = name("many");
        cases.topic(topic, 1);
        List<String> wanted = new ArrayList<>();
        try (var producer = transactional("many"); var strict = committed(topic)) {
            for (int n = 0; n < 1000; n++) {
                producer.beginTransaction();
                send(producer, topic, "" + n);
                if (n % 10 == 9) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                    wanted.add("" + n);
                }
            }
            Cases.equal(wanted, Cases.values(Cases.read(strict, wanted.size())));
        }
    }

    void timesOut() throws Exception {
        String topic = name("timeout");
        cases.topic(topic, 1);
        try (var producer = transactional("timeout", "transaction.timeout.ms", "1000"); var plain = cases.producer();
            var strict = committed(topic)) {
            producer.beginTransaction();
            send(producer, topic, "late");
            producer.flush();
            plain.send(new ProducerRecord<>(topic, 0, null, "plain")).get();
            // The coordinator looks for such transactions every transaction.abort.timed.out.transaction.cleanup.interval.ms.
            Cases.equal(List.of("plain"), Cases.values(Cases.read(strict, 1)));
            Cases.refused(org.apache.kafka.common.KafkaException.class, producer::commitTransaction);
        }
    }

    void timeoutBound() throws Exception {
        try (var producer = cases.producer("transactional.id", name("bound"), "transaction.timeout.ms", "900001")) {
            var thrown = Cases.refused(org.apache.kafka.common.KafkaException.class, producer::initTransactions);
            Cases.check(thrown.getMessage().contains("transaction.max.timeout.ms"), thrown.getMessage());
        }
    }

    void describes() throws Exception {
        String topic = name("described");
        cases.topic(topic, 2);
        String id = name("described");
        Cases.refused(TransactionalIdNotFoundException.class,
            () -> Cases.get(cases.admin.describeTransactions(List.of("nobody")).all()));
        try (var producer = transactional("described", "transaction.timeout.ms", "50000")) {
            var before = Cases.get(cases.admin.describeTransactions(List.of(id)).description(id));
            Cases.equal(TransactionState.EMPTY, before.state());
            Cases.equal(50_000L, before.transactionTimeoutMs());
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 1, "k", "v"));
            producer.flush();
            var open = Cases.get(cases.admin.describeTransactions(List.of(id)).description(id));
            Cases.equal(TransactionState.ONGOING, open.state());
            Cases.equal(Set.of(new TopicPartition(topic, 1)), open.topicPartitions());
            Cases.check(open.transactionStartTimeMs().isPresent(), "a start");
            var ongoing = Cases.get(cases.admin.listTransactions(
                new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING))).all());
            Cases.check(ongoing.stream().anyMatch(t -> t.transactionalId().equals(id) && t.producerId() == open.producerId()),
                "" + ongoing);
            var others = Cases.get(cases.admin.listTransactions(
                new ListTransactionsOptions().filterProducerIds(Set.of(open.producerId() + 1000))).all());
            Cases.check(others.isEmpty(), "" + others);
            var long_ = Cases.get(cases.admin.listTransactions(new ListTransactionsOptions().filterOnDuration(60_000)).all());
            Cases.check(long_.stream().noneMatch(t -> t.transactionalId().equals(id)), "" + long_);
            var named = Cases.get(cases.admin.listTransactions(
                new ListTransactionsOptions().filterOnTransactionalIdPattern("desc.*-" + version)).all());
            Cases.equal(List.of(id), named.stream().map(t -> t.transactionalId()).toList());
            producer.commitTransaction();
            Cases.eventually("it is complete", () -> Cases.get(cases.admin.describeTransactions(List.of(id)).description(id))
                .state() == TransactionState.COMPLETE_COMMIT);
        }
    }

    void abortsByHand() throws Exception {
        String topic = name("by-hand");
        cases.topic(topic, 1);
        var partition = new TopicPartition(topic, 0);
        try (var producer = transactional("by-hand"); var plain = cases.producer(); var strict = committed(topic)) {
            producer.beginTransaction();
            send(producer, topic, "x");
            producer.flush();
            plain.send(new ProducerRecord<>(topic, 0, null, "plain")).get();
            var active = Cases.get(cases.admin.describeProducers(List.of(partition)).partitionResult(partition))
                .activeProducers();
            // A plain producer is an idempotent one, and stands here, too.
            var one = active.stream().filter(p -> p.currentTransactionStartOffset().isPresent()).toList();
            Cases.equal(1, one.size());
            Cases.equal(0L, one.get(0).currentTransactionStartOffset().getAsLong());
            Cases.equal(0, one.get(0).lastSequence());
            Cases.get(cases.admin.abortTransaction(new AbortTransactionSpec(partition, one.get(0).producerId(),
                (short) one.get(0).producerEpoch(), one.get(0).coordinatorEpoch().orElse(0))).all());
            Cases.equal(List.of("plain"), Cases.values(Cases.read(strict, 1)));
        }
    }

    void fencesByHand() throws Exception {
        String topic = name("fenced-by-hand");
        cases.topic(topic, 1);
        String id = name("fenced-by-hand");
        try (var producer = transactional("fenced-by-hand")) {
            producer.beginTransaction();
            send(producer, topic, "x");
            producer.flush();
            var fenced = cases.admin.fenceProducers(List.of(id));
            Cases.get(fenced.all());
            Cases.check(Cases.get(fenced.epochId(id)) > 0, "a new epoch");
            Cases.refused(org.apache.kafka.common.KafkaException.class, () -> {
                send(producer, topic, "y");
                producer.commitTransaction();
            });
        }
    }
}
