import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.record.TimestampType;

/** The official producer. */
final class ProducerCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new ProducerCases(cases);
            for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd"))
                cases.run(codec + " with acks 0, 1 and all is read back", () -> these.codec(codec));
            cases.run("an idempotent producer keeps the order of each partition", these::idempotent);
            cases.run("a producer without idempotence is served", these::notIdempotent);
            cases.run("headers, null keys and tombstones are read back", these::shapes);
            cases.run("a record larger than max.message.bytes is refused", these::tooLarge);
            cases.run("a batch larger than max.message.bytes is split by the client", these::split);
            cases.run("CreateTime keeps the time, LogAppendTime answers the broker's", these::times);
            cases.run("a time too far from now is refused where the topic says so", these::timeBounds);
            cases.run("a compacted topic refuses a record without a key", these::keyless);
            cases.run("partitionsFor tells leader, replicas and ISR", these::partitions);
            cases.run("an invalid topic name is refused", these::badName);
            cases.run("a topic that does not exist is made by the first record", these::autoCreate);
            cases.run("a record of 900 kB arrives whole", these::big);
            cases.run("offsets are answered one after the other", these::offsets);
        }
    }

    private final Cases cases;

    private ProducerCases(Cases cases) {
        this.cases = cases;
    }

    void codec(String codec) throws Exception {
        String topic = "codec-" + codec;
        cases.topic(topic, 1);
        List<String> sent = new ArrayList<>();
        for (String acks : List.of("0", "1", "all"))
            try (var producer = cases.producer("acks", acks, "compression.type", codec, "linger.ms", "5",
                    "enable.idempotence", "" + acks.equals("all"))) {
                for (int n = 0; n < 500; n++) {
                    String value = acks + " " + n + " " + "x".repeat(n % 90);
                    sent.add(value);
                    producer.send(new ProducerRecord<>(topic, value));
                }
            }
        try (var consumer = cases.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            Cases.equal(sent, Cases.values(Cases.read(consumer, sent.size())));
        }
    }

    void idempotent() throws Exception {
        ordered("idempotent", "enable.idempotence", "true", "max.in.flight.requests.per.connection", "5",
            "batch.size", "500");
    }

    void notIdempotent() throws Exception {
        ordered("plain", "enable.idempotence", "false", "acks", "1", "max.in.flight.requests.per.connection", "1");
    }

    private void ordered(String topic, String... pairs) throws Exception {
        cases.topic(topic, 3);
        int count = 20_000;
        try (var producer = cases.producer(pairs)) {
            for (int n = 0; n < count; n++) producer.send(new ProducerRecord<>(topic, n % 3, null, "" + n));
        }
        try (var consumer = cases.consumer()) {
            for (int partition = 0; partition < 3; partition++) {
                int first = partition;
                consumer.assign(List.of(new TopicPartition(topic, partition)));
                consumer.seekToBeginning(consumer.assignment());
                List<String> wanted = java.util.stream.IntStream.range(0, count).filter(n -> n % 3 == first)
                    .mapToObj(n -> "" + n).toList();
                Cases.equal(wanted, Cases.values(Cases.read(consumer, wanted.size())));
            }
        }
    }

    void shapes() throws Exception {
        cases.topic("java-shapes", 1);
        try (var producer = cases.producer()) {
            var record = new ProducerRecord<String, String>("java-shapes", null, null);
            record.headers().add("a", "1".getBytes(UTF_8)).add("a", null).add("", new byte[0]);
            producer.send(record).get();
            producer.send(new ProducerRecord<>("java-shapes", "gone", null)).get();
            producer.send(new ProducerRecord<>("java-shapes", "", "")).get();
        }
        try (var consumer = cases.consumer()) {
            consumer.assign(List.of(new TopicPartition("java-shapes", 0)));
            var got = Cases.read(consumer, 3);
            var headers = got.get(0).headers().toArray();
            Cases.equal(3, headers.length);
            Cases.equal("1", new String(headers[0].value(), UTF_8));
            Cases.equal(null, headers[1].value());
            Cases.equal(0, headers[2].value().length);
            Cases.equal(null, got.get(0).key());
            Cases.equal(null, got.get(0).value());
            Cases.equal("gone", got.get(1).key());
            Cases.equal(null, got.get(1).value());
            Cases.equal("", got.get(2).key());
            Cases.equal("", got.get(2).value());
        }
    }

    void tooLarge() throws Exception {
        cases.topic("small", 1, "max.message.bytes", "2000");
        try (var producer = cases.producer()) {
            Cases.refused(RecordTooLargeException.class,
                () -> producer.send(new ProducerRecord<>("small", "x".repeat(3000))).get());
            Cases.equal(0L, producer.send(new ProducerRecord<>("small", "fits")).get().offset());
        }
    }

    void split() throws Exception {
        cases.topic("split", 1, "max.message.bytes", "10000");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer = cases.producer("batch.size", "100000", "linger.ms", "200", "compression.type", "lz4")) {
            var random = new java.util.Random(7);
            for (int n = 0; n < 200; n++) {
                var value = new StringBuilder(n + ":");
                for (int c = 0; c < 900; c++) value.append((char) ('!' + random.nextInt(90)));
                sent.add(producer.send(new ProducerRecord<>("split", value.toString())));
            }
            for (var one : sent) one.get(Cases.SECONDS, TimeUnit.SECONDS);
        }
        try (var consumer = cases.consumer()) {
            consumer.assign(List.of(new TopicPartition("split", 0)));
            var got = Cases.values(Cases.read(consumer, 200)).stream().map(v -> v.substring(0, v.indexOf(':'))).toList();
            Cases.equal(java.util.stream.IntStream.range(0, 200).mapToObj(n -> "" + n).toList(), got);
        }
    }

    void times() throws Exception {
        cases.topic("created", 1);
        cases.topic("appended", 1, "message.timestamp.type", "LogAppendTime");
        long past = System.currentTimeMillis() - 86_400_000;
        try (var producer = cases.producer(); var consumer = cases.consumer()) {
            Cases.equal(past, producer.send(new ProducerRecord<>("created", 0, past, "k", "v")).get().timestamp());
            long before = System.currentTimeMillis();
            long answered = producer.send(new ProducerRecord<>("appended", 0, past, "k", "v")).get().timestamp();
            Cases.check(answered >= before - 1 && answered <= System.currentTimeMillis() + 1, "append time " + answered);
            consumer.assign(List.of(new TopicPartition("created", 0)));
            var created = Cases.read(consumer, 1).get(0);
            Cases.equal(TimestampType.CREATE_TIME, created.timestampType());
            Cases.equal(past, created.timestamp());
            consumer.assign(List.of(new TopicPartition("appended", 0)));
            var appended = Cases.read(consumer, 1).get(0);
            Cases.equal(TimestampType.LOG_APPEND_TIME, appended.timestampType());
            Cases.equal(answered, appended.timestamp());
        }
    }

    void timeBounds() throws Exception {
        cases.topic("bounded", 1, "message.timestamp.before.max.ms", "10000", "message.timestamp.after.max.ms", "10000");
        long now = System.currentTimeMillis();
        try (var producer = cases.producer()) {
            for (long time : List.of(now - 3_600_000, now + 3_600_000))
                Cases.refused(InvalidTimestampException.class,
                    () -> producer.send(new ProducerRecord<>("bounded", 0, time, "k", "v")).get());
            Cases.equal(0L, producer.send(new ProducerRecord<>("bounded", 0, now, "k", "v")).get().offset());
        }
    }

    void keyless() throws Exception {
        cases.topic("compacted", 1, "cleanup.policy", "compact");
        try (var producer = cases.producer()) {
            Cases.refused(InvalidRecordException.class,
                () -> producer.send(new ProducerRecord<>("compacted", null, "no key")).get());
            Cases.equal(0L, producer.send(new ProducerRecord<>("compacted", "k", "v")).get().offset());
        }
    }

    void partitions() throws Exception {
        cases.topic("three", 3);
        try (var producer = cases.producer()) {
            var all = producer.partitionsFor("three");
            Cases.equal(3, all.size());
            for (var one : all) {
                Cases.check(!one.leader().isEmpty(), "leader of " + one);
                Cases.equal(1, one.replicas().length);
                Cases.equal(one.leader(), one.inSyncReplicas()[0]);
                Cases.equal(0, one.offlineReplicas().length);
            }
        }
    }

    void badName() throws Exception {
        try (var producer = cases.producer()) {
            Cases.refused(InvalidTopicException.class,
                () -> producer.send(new ProducerRecord<>("no/slash", "v")).get());
        }
    }

    void autoCreate() throws Exception {
        try (var producer = cases.producer()) {
            Cases.equal(0L, producer.send(new ProducerRecord<>("made-by-a-record", "v")).get().offset());
        }
        Cases.check(Cases.get(cases.admin.listTopics().names()).contains("made-by-a-record"), "the topic is listed");
    }

    void big() throws Exception {
        cases.topic("big", 1);
        String value = "0123456789".repeat(90_000);
        try (var producer = cases.producer("max.request.size", "2000000"); var consumer = cases.consumer()) {
            producer.send(new ProducerRecord<>("big", value)).get();
            consumer.assign(List.of(new TopicPartition("big", 0)));
            Cases.check(Cases.read(consumer, 1).get(0).value().equals(value), "the value that was sent");
        }
    }

    void offsets() throws Exception {
        cases.topic("offsets", 1);
        try (var producer = cases.producer("linger.ms", "20")) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int n = 0; n < 300; n++) sent.add(producer.send(new ProducerRecord<>("offsets", "" + n)));
            for (int n = 0; n < 300; n++) Cases.equal((long) n, sent.get(n).get().offset());
        }
    }
}
