import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** Transactions of the official client, which follow version 2 (KIP-890). */
final class TransactionCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new TransactionCases(cases);
            cases.run("committed transactions are seen, aborted ones are not", these::commitAndAbort);
            cases.run("an open transaction holds back what follows it", these::open);
            cases.run("a consumer of committed records may start in the middle", these::middle);
            cases.run("a second producer fences the first", these::fenced);
            cases.run("offsets are committed with the transaction, or not at all", these::offsets);
            cases.run("offsets of a member that left the group are refused", these::staleMember);
            cases.run("a consumer waits for offsets of an open transaction", these::pendingOffsets);
            cases.run("a transaction that is open for too long is aborted, and its producer goes on", these::timeout);
            for (String protocol : List.of("classic", "consumer"))
                cases.run("consume, transform and produce exactly once, " + protocol, () -> these.exactlyOnce(protocol));
            cases.run("several thousand small transactions", these::many);
            cases.run("transactions and producers are listed and described", these::described);
            cases.run("an operator fences producers and aborts transactions", these::operator);
        }
    }

    private final Cases cases;

    private TransactionCases(Cases cases) {
        this.cases = cases;
    }

    private KafkaProducer<String, String> transactional(String id, String... pairs) {
        List<String> all = new ArrayList<>(List.of("transactional.id", id, "linger.ms", "0"));
        all.addAll(List.of(pairs));
        var producer = cases.producer(all.toArray(String[]::new));
        producer.initTransactions();
        return producer;
    }

    private KafkaConsumer<String, String> committedReader(String topic, long offset) {
        var consumer = cases.consumer("isolation.level", "read_committed");
        var partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        return consumer;
    }

    /** All that a consumer of committed records sees up to the last stable offset. */
    private List<String> committed(String topic, long offset) {
        try (var consumer = committedReader(topic, offset)) {
            var partition = new TopicPartition(topic, 0);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> values = new ArrayList<>();
            while (consumer.position(partition) < end) consumer.poll(Cases.POLL).forEach(r -> values.add(r.value()));
            return values;
        }
    }

    /** The group as somebody sees it who is no member of it. */
    private ConsumerGroupMetadata outsider(String group) {
        try (var consumer = cases.consumer("group.id", group)) {
            return consumer.groupMetadata();
        }
    }

    private static void send(KafkaProducer<String, String> producer, String topic, String... values) throws Exception {
        for (String value : values)
            producer.send(new ProducerRecord<>(topic, 0, "k", value)).get(Cases.SECONDS, TimeUnit.SECONDS);
    }

    void commitAndAbort() throws Exception {
        cases.topic("tx-commit", 1);
        try (var producer = transactional("commit")) {
            for (int n = 0; n < 50; n++) {
                producer.beginTransaction();
                send(producer, "tx-commit", "a" + n, "b" + n);
                if (n % 2 == 0) producer.commitTransaction(); else producer.abortTransaction();
            }
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
            List<String> wanted = new ArrayList<>();
            for (int n = 0; n < 50; n += 2) wanted.addAll(List.of("a" + n, "b" + n));
            Cases.equal(wanted, committed("tx-commit", 0));
        }
    }

    void open() throws Exception {
        cases.topic("tx-open", 1);
        var partition = new TopicPartition("tx-open", 0);
        try (var open = transactional("open"); var plain = cases.producer(); var consumer = committedReader("tx-open", 0)) {
            open.beginTransaction();
            send(open, "tx-open", "open");
            send(plain, "tx-open", "plain");
            Cases.equal(0L, consumer.endOffsets(List.of(partition)).get(partition));
            Cases.check(consumer.poll(Duration.ofMillis(300)).isEmpty(), "a record of an open transaction was seen");
            open.commitTransaction();
            Cases.equal(List.of("open", "plain"), Cases.values(Cases.read(consumer, 2)));
        }
    }

    void middle() throws Exception {
        cases.topic("tx-middle", 1);
        try (var producer = transactional("middle")) {
            producer.beginTransaction();
            send(producer, "tx-middle", "0", "1", "2", "3", "4");
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "tx-middle", "6", "7");
            producer.commitTransaction();
        }
        for (long offset = 0; offset <= 6; offset++) Cases.equal(List.of("6", "7"), committed("tx-middle", offset));
        Cases.equal(List.of("7"), committed("tx-middle", 7));
        Cases.equal(List.of(), committed("tx-middle", 8));
    }

    void fenced() throws Exception {
        cases.topic("tx-fence", 1);
        try (var first = transactional("fence")) {
            first.beginTransaction();
            send(first, "tx-fence", "lost");
            try (var second = transactional("fence")) {
                Cases.refused(KafkaException.class, () -> {
                    send(first, "tx-fence", "more");
                    first.commitTransaction();
                });
                second.beginTransaction();
                send(second, "tx-fence", "kept");
                second.commitTransaction();
            }
            Cases.refused(ProducerFencedException.class, () -> {
                first.abortTransaction();
                first.beginTransaction();
                send(first, "tx-fence", "zombie");
                first.commitTransaction();
            });
        }
        Cases.equal(List.of("kept"), committed("tx-fence", 0));
    }

    void offsets() throws Exception {
        cases.topic("tx-offsets", 1);
        var partition = new TopicPartition("tx-offsets", 0);
        try (var producer = transactional("offsets")) {
            for (boolean commits : new boolean[] {true, false}) {
                producer.beginTransaction();
                var offset = new OffsetAndMetadata(commits ? 7 : 9, "note");
                producer.sendOffsetsToTransaction(Map.of(partition, offset), outsider("tx-group"));
                if (commits) producer.commitTransaction(); else producer.abortTransaction();
                var found = Cases.get(cases.admin.listConsumerGroupOffsets("tx-group").partitionsToOffsetAndMetadata());
                Cases.equal(7L, found.get(partition).offset());
                Cases.equal("note", found.get(partition).metadata());
            }
        }
    }

    void staleMember() throws Exception {
        cases.topic("tx-stale", 1);
        var partition = new TopicPartition("tx-stale", 0);
        try (var producer = transactional("stale"); var consumer = cases.consumer("group.id", "tx-stale-group")) {
            consumer.subscribe(List.of("tx-stale"));
            Cases.eventually("the consumer has its partition", () -> {
                consumer.poll(Cases.POLL);
                return consumer.assignment().size() == 1;
            });
            var member = consumer.groupMetadata();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(1)), member);
            producer.commitTransaction();
            consumer.close();
            producer.beginTransaction();
            Cases.refused(CommitFailedException.class, () ->
                producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(2)), member));
            producer.abortTransaction();
        }
        var found = Cases.get(cases.admin.listConsumerGroupOffsets("tx-stale-group").partitionsToOffsetAndMetadata());
        Cases.equal(1L, found.get(partition).offset());
    }

    void pendingOffsets() throws Exception {
        cases.topic("tx-pending", 1);
        var partition = new TopicPartition("tx-pending", 0);
        try (var producer = transactional("pending");
                var consumer = cases.consumer("group.id", "tx-pending", "isolation.level", "read_committed")) {
            producer.beginTransaction();
            var offsets = Map.of(partition, new OffsetAndMetadata(3));
            producer.sendOffsetsToTransaction(offsets, outsider("tx-pending"));
            Cases.refused(org.apache.kafka.common.errors.TimeoutException.class,
                () -> consumer.committed(java.util.Set.of(partition), Duration.ofMillis(500)));
            producer.commitTransaction();
            Cases.equal(3L, consumer.committed(java.util.Set.of(partition), Duration.ofSeconds(10)).get(partition).offset());
        }
    }

    void timeout() throws Exception {
        cases.topic("tx-timeout", 1);
        var partition = new TopicPartition("tx-timeout", 0);
        try (var producer = transactional("timeout", "transaction.timeout.ms", "500");
                var consumer = committedReader("tx-timeout", 0)) {
            producer.beginTransaction();
            send(producer, "tx-timeout", "late");
            Cases.eventually("the transaction is aborted",
                () -> consumer.endOffsets(List.of(partition)).get(partition) == 2L);
            Cases.refused(InvalidProducerEpochException.class, () -> send(producer, "tx-timeout", "later"));
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "tx-timeout", "kept");
            producer.commitTransaction();
        }
        Cases.equal(List.of("kept"), committed("tx-timeout", 0));
    }

    void exactlyOnce(String protocol) throws Exception {
        int count = 2000;
        String in = "tx-in-" + protocol, out = "tx-out-" + protocol;
        cases.topic(in, 3);
        cases.topic(out, 1);
        cases.fill(in, 3, count);
        try (var consumer = cases.consumer("group.id", "tx-copy-" + protocol, "group.protocol", protocol,
                "isolation.level", "read_committed", "max.poll.records", "100"); var producer = transactional(out)) {
            consumer.subscribe(List.of(in));
            int done = 0, round = 0;
            while (done < count) {
                var records = consumer.poll(Cases.POLL);
                if (records.isEmpty()) continue;
                producer.beginTransaction();
                for (var record : records) producer.send(new ProducerRecord<>(out, record.key(), record.value()));
                producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
                if (round++ % 3 == 1) {
                    producer.abortTransaction();
                    for (var each : records.partitions())
                        consumer.seek(each, records.records(each).get(0).offset());
                } else {
                    producer.commitTransaction();
                    done += records.count();
                }
            }
        }
        var values = committed(out, 0);
        Cases.equal(count, values.size());
        Cases.equal(count, new java.util.HashSet<>(values).size());
    }

    void many() throws Exception {
        cases.topic("tx-many", 4);
        try (var producer = transactional("many")) {
            for (int n = 0; n < 3000; n++) {
                producer.beginTransaction();
                for (int partition = 0; partition < 4; partition++)
                    producer.send(new ProducerRecord<>("tx-many", partition, "k", "" + n));
                producer.commitTransaction();
            }
        }
        Cases.equal(3000, committed("tx-many", 0).size());
    }

    void described() throws Exception {
        cases.topic("tx-described", 2);
        try (var producer = transactional("described")) {
            producer.beginTransaction();
            send(producer, "tx-described", "open");
            var description = Cases.get(cases.admin.describeTransactions(List.of("described")).description("described"));
            Cases.equal(TransactionState.ONGOING, description.state());
            Cases.equal(java.util.Set.of(new TopicPartition("tx-described", 0)), description.topicPartitions());
            Cases.equal(60_000L, description.transactionTimeoutMs());
            Cases.check(description.transactionStartTimeMs().isPresent(), "no start time");
            var options = new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING))
                .filterProducerIds(List.of(description.producerId()));
            var listed = Cases.get(cases.admin.listTransactions(options).all());
            Cases.equal(List.of("described"), listed.stream().map(l -> l.transactionalId()).toList());
            var longer = new ListTransactionsOptions().filterOnDuration(3_600_000);
            Cases.equal(0, Cases.get(cases.admin.listTransactions(longer).all()).size());
            var named = new ListTransactionsOptions().filterOnTransactionalIdPattern("desc.*d");
            Cases.equal(1, Cases.get(cases.admin.listTransactions(named).all()).size());
            var partition = new TopicPartition("tx-described", 0);
            var state = Cases.get(cases.admin.describeProducers(List.of(partition)).partitionResult(partition))
                .activeProducers().get(0);
            Cases.equal(description.producerId(), state.producerId());
            Cases.equal(0L, state.currentTransactionStartOffset().getAsLong());
            producer.commitTransaction();
        }
        Cases.refused(TransactionalIdNotFoundException.class,
            () -> Cases.get(cases.admin.describeTransactions(List.of("nobody")).description("nobody")));
    }

    void operator() throws Exception {
        cases.topic("tx-operator", 1);
        var partition = new TopicPartition("tx-operator", 0);
        try (var producer = transactional("operator")) {
            producer.beginTransaction();
            send(producer, "tx-operator", "lost");
            Cases.get(cases.admin.fenceProducers(List.of("operator")).all());
            Cases.refused(KafkaException.class, () -> {
                send(producer, "tx-operator", "more");
                producer.commitTransaction();
            });
        }
        try (var producer = transactional("operator")) {
            producer.beginTransaction();
            send(producer, "tx-operator", "hanging");
            var state = Cases.get(cases.admin.describeProducers(List.of(partition)).partitionResult(partition))
                .activeProducers().stream().filter(p -> p.currentTransactionStartOffset().isPresent()).findFirst().get();
            Cases.get(cases.admin.abortTransaction(
                new AbortTransactionSpec(partition, state.producerId(), (short) state.producerEpoch(), 0)).all());
            try (var consumer = committedReader("tx-operator", 0)) {
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                Cases.check(end == 4, "the transaction hangs: the last stable offset is " + end);
            }
        }
        Cases.equal(List.of(), committed("tx-operator", 0));
    }
}
