import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What the programs of this folder share: they say "ok" or "FAIL" and the case, a line each, to the runner. */
final class Cases implements AutoCloseable {
    interface Body {
        void run() throws Exception;
    }

    static final long SECONDS = 30;
    static final Duration POLL = Duration.ofMillis(100);

    final String address;
    final Admin admin;
    private final String only;

    /** The first argument is the broker's address; the environment's CASE is a part of the names of the cases to run. */
    Cases(String[] arguments) {
        address = arguments[0];
        only = System.getenv().getOrDefault("CASE", "");
        admin = Admin.create(properties());
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }

    void run(String name, Body body) {
        if (!name.contains(only)) return;
        try {
            body.run();
            System.out.println("ok " + name);
        } catch (Throwable thrown) {
            System.out.println("FAIL " + name + "\t" + thrown.toString().replace('\n', ' '));
            thrown.printStackTrace();
        }
    }

    // What is expected

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static void equal(Object wanted, Object got) {
        if (!Objects.equals(wanted, got)) throw new AssertionError("wanted " + wanted + ", got " + got);
    }

    /** The body must end in this exception, thrown or as the cause of what is thrown. */
    static <T extends Throwable> T refused(Class<T> type, Body body) throws Exception {
        try {
            body.run();
        } catch (Throwable thrown) {
            for (Throwable cause = thrown; cause != null; cause = cause.getCause())
                if (type.isInstance(cause)) return type.cast(cause);
            throw new AssertionError("wanted " + type.getSimpleName() + ", got " + thrown, thrown);
        }
        throw new AssertionError("wanted " + type.getSimpleName() + ", but nothing was refused");
    }

    static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    /** Asks again until the answer is true. */
    static void eventually(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!holds.call()) {
            if (System.nanoTime() > end) throw new AssertionError("not within " + SECONDS + " s: " + what);
            Thread.sleep(20);
        }
    }

    // Clients

    Properties properties(String... pairs) {
        Properties all = new Properties();
        all.put("bootstrap.servers", address);
        for (int n = 0; n < pairs.length; n += 2) all.put(pairs[n], pairs[n + 1]);
        return all;
    }

    KafkaProducer<String, String> producer(String... pairs) {
        return new KafkaProducer<>(properties(pairs), new StringSerializer(), new StringSerializer());
    }

    /** Reads from the start and commits only when told, unless the pairs say otherwise. */
    KafkaConsumer<String, String> consumer(String... pairs) {
        Properties all = properties("auto.offset.reset", "earliest", "enable.auto.commit", "false");
        for (int n = 0; n < pairs.length; n += 2) all.put(pairs[n], pairs[n + 1]);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    void topic(String name, int partitions, String... configs) throws Exception {
        Map<String, String> all = new java.util.HashMap<>();
        for (int n = 0; n < configs.length; n += 2) all.put(configs[n], configs[n + 1]);
        get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(all))).all());
    }

    /** Sends "0" ... "count - 1", each value its own key, spread over the partitions by number. */
    void fill(String topic, int partitions, int count) throws Exception {
        try (var producer = producer()) {
            List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
            for (int n = 0; n < count; n++)
                sent.add(producer.send(new ProducerRecord<>(topic, n % partitions, "" + n, "" + n)));
            for (var one : sent) one.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Polls until so many records have come. */
    static List<ConsumerRecord<String, String>> read(KafkaConsumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (all.size() < count) {
            consumer.poll(POLL).forEach(all::add);
            if (System.nanoTime() > end)
                throw new AssertionError("only " + all.size() + " of " + count + " records within " + SECONDS + " s");
        }
        return all;
    }

    static List<String> values(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }
}
