"""The clients of the torture test: each is a thread that works until the ledger says stop, through every kill of the broker."""

import random
import threading
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, ResourceType
from ledger import retrying

QUIET = {"log_level": 0, "reconnect.backoff.max.ms": 200, "socket.timeout.ms": 10000}
SECONDS = 10
PARTITIONS = 4
IDEMPOTENT, TRANSACTIONAL, OUTPUT = "idempotent", "transactional", "output"


class Actor(threading.Thread):
    def __init__(self, name, ledger, address, seed):
        super().__init__(name=name, daemon=True)
        self.ledger = ledger
        self.address = address
        self.chance = random.Random(f"{seed} {name}")

    def config(self, **more):
        return {"bootstrap.servers": self.address, **QUIET, **{key.replace("_", "."): value for key, value in more.items()}}

    def run(self):
        try:
            self.work()
        except Exception as error:  # a thread that ends early must not pass for one that had nothing to say
            self.ledger.violation(f"{self.name} ended: {type(error).__name__}: {error}")

    @property
    def stopping(self):
        return self.ledger.stopping.is_set()


class IdempotentProducer(Actor):
    """Values are "<name> <number>", the numbers rise in each partition. None may fail: there is no timeout."""

    def work(self):
        producer = Producer(self.config(enable_idempotence=True, message_timeout_ms=0, linger_ms=2,
                                        compression_type=self.chance.choice(["none", "lz4", "zstd", "gzip", "snappy"])))

        def delivered(error, message):
            if error:
                self.ledger.violation(f"{self.name}: {message.value()} failed: {error}")
            else:
                self.ledger.acknowledge(IDEMPOTENT, message.partition(), message.value().decode())
                self.ledger.count("idempotent records")

        number = 0
        while not self.stopping:
            for _ in range(self.chance.randrange(1, 60)):
                try:
                    producer.produce(IDEMPOTENT, f"{self.name} {number:07}", partition=self.chance.randrange(PARTITIONS),
                                     on_delivery=delivered)
                    number += 1
                except BufferError:
                    break
            producer.poll(self.chance.random() * 0.05)
        left = producer.flush(60)
        if left:
            self.ledger.violation(f"{self.name}: {left} records were not delivered 60 s after the last kill")


class TransactionalProducer(Actor):
    def work(self):
        number, producer = 0, None
        while not self.stopping:
            if producer is None:
                producer = Producer(self.config(transactional_id=self.name, transaction_timeout_ms=30000, linger_ms=1))
                retrying(self.ledger, f"{self.name}: init_transactions", lambda: producer.init_transactions(SECONDS))
            name = f"{self.name} {number:06}"
            number += 1
            values = [f"{name} {n}" for n in range(self.chance.randrange(1, 30))]
            outcome = self.transaction(producer, values, self.chance.random() < 0.3)
            self.ledger.end_transaction(name, values, outcome)
            if outcome == "unknown":
                producer = None

    def transaction(self, producer, values, aborts):
        try:
            producer.begin_transaction()
            for value in values:
                producer.produce(TRANSACTIONAL, value, partition=self.chance.randrange(PARTITIONS))
                producer.poll(0)
            if self.chance.random() < 0.3:
                producer.flush(self.chance.random())
            if aborts:
                raise Aborting()
            retrying(self.ledger, f"{self.name}: commit", lambda: producer.commit_transaction(SECONDS))
            return "committed"
        except Aborting:
            pass
        except KafkaException as thrown:
            if not thrown.args[0].txn_requires_abort():
                self.ledger.count(f"transactional: {thrown.args[0].name()}")
                return "unknown"
        try:
            retrying(self.ledger, f"{self.name}: abort", lambda: producer.abort_transaction(SECONDS))
            return "aborted"
        except KafkaException as thrown:
            self.ledger.count(f"transactional: {thrown.args[0].name()}")
            return "unknown"


class Aborting(Exception):
    pass


class Pipeline(Actor):
    """Consume, transform, produce: each record of the idempotent topic goes exactly once into the output, with its place.

    librdkafka 2.16 may lose an offset commit on its way to a coordinator that was just restarted, and then the call never
    returns. A session that stands still is given up; the next one has the same transactional id, and fences it.
    """

    patience = 15

    def work(self):
        while not self.stopping:
            self.moved = time.monotonic()
            session = threading.Thread(target=self.session, daemon=True)
            session.start()
            while session.is_alive():
                session.join(0.2)
                if time.monotonic() - self.moved > self.patience:
                    self.ledger.count("clients that stood still")
                    break

    def session(self):
        consumer = Consumer(self.config(group_id="pipeline", auto_offset_reset="earliest", enable_auto_commit=False,
                                        isolation_level="read_committed", session_timeout_ms=6000, max_poll_interval_ms=10000))
        producer = Producer(self.config(transactional_id=self.name, transaction_timeout_ms=30000, linger_ms=1))
        try:
            retrying(self.ledger, f"{self.name}: init_transactions", lambda: producer.init_transactions(SECONDS))
            consumer.subscribe([IDEMPOTENT])
            while not self.stopping and self.step(consumer, producer):
                self.moved = time.monotonic()
        except KafkaException as thrown:
            self.ledger.count(f"pipeline: {thrown.args[0].name()}")
        finally:
            consumer.close()

    def step(self, consumer, producer):
        """False where the producer is of no use any more."""
        messages = [m for m in consumer.consume(500, 0.2) if not m.error()]
        if not messages:
            return True
        try:
            producer.begin_transaction()
            for message in messages:
                while True:
                    try:
                        producer.produce(OUTPUT, f"{message.partition()} {message.offset()}", partition=message.partition() % 2)
                        break
                    except BufferError:
                        producer.poll(0.05)
            ends = {}
            for message in messages:
                ends[message.partition()] = message.offset() + 1
            offsets = [TopicPartition(IDEMPOTENT, partition, offset) for partition, offset in ends.items()]
            retrying(self.ledger, f"{self.name}: offsets",
                     lambda: producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), SECONDS))
            if self.chance.random() < 0.2:
                raise Aborting()
            retrying(self.ledger, f"{self.name}: commit", lambda: producer.commit_transaction(SECONDS))
            self.ledger.commit("pipeline", offsets)
            self.ledger.count("records through the pipeline", len(messages))
            return True
        except Aborting:
            pass
        except KafkaException as thrown:
            if not thrown.args[0].txn_requires_abort():
                self.ledger.count(f"pipeline: {thrown.args[0].name()}")
                return False
        try:
            retrying(self.ledger, f"{self.name}: abort", lambda: producer.abort_transaction(SECONDS))
        except KafkaException:
            return False
        self.ledger.count("pipeline aborts")
        return self.rewind(consumer)

    def rewind(self, consumer):
        partitions = consumer.assignment()
        if not partitions:
            return True
        try:
            found = retrying(self.ledger, f"{self.name}: committed", lambda: consumer.committed(partitions, SECONDS))
            for partition in found:
                if partition.offset < 0:
                    partition.offset = OFFSET_BEGINNING
                consumer.seek(partition)
            return True
        except KafkaException:
            return False  # the partitions were lost meanwhile: begin anew with what is committed


class GroupMember(Actor):
    """Members come and go; what they commit may never go back."""

    group = "readers"

    def work(self):
        while not self.stopping:
            consumer = Consumer(self.config(
                group_id=self.group, auto_offset_reset="earliest", enable_auto_commit=False, session_timeout_ms=6000,
                heartbeat_interval_ms=500, isolation_level="read_committed",
                partition_assignment_strategy="cooperative-sticky"))
            consumer.subscribe([IDEMPOTENT, TRANSACTIONAL])
            polls = self.chance.randrange(50, 400)
            while polls and not self.stopping:
                polls -= 1
                for message in consumer.consume(300, 0.05):
                    if not message.error():
                        self.ledger.see(self.group, message)
                if polls % 5 == 0:
                    self.commit(consumer)
            self.commit(consumer)
            consumer.close()
            self.ledger.count("members that left")

    def commit(self, consumer):
        try:
            done = consumer.commit(asynchronous=False)
            if done:
                self.ledger.commit(self.group, done)
        except KafkaException as thrown:
            self.ledger.count(f"commit: {thrown.args[0].name()}")


class OffsetAuditor(Actor):
    """Asks again and again what is committed: never less than what was acknowledged before the question."""

    def work(self):
        groups = {group: Consumer(self.config(group_id=group)) for group in ["readers", "pipeline"]}
        partitions = [TopicPartition(topic, n) for topic in [IDEMPOTENT, TRANSACTIONAL] for n in range(PARTITIONS)]
        while not self.ledger.pause(0.3):
            for group, consumer in groups.items():
                before = self.ledger.committed_so_far()
                try:
                    found = consumer.committed(partitions, SECONDS)
                except KafkaException:
                    continue  # the broker is down
                for place in found:
                    wanted = before.get((group, place.topic, place.partition))
                    if wanted is not None and not place.error and place.offset < wanted:
                        self.ledger.violation(f"group {group}: {place.topic} {place.partition} was committed at {wanted}, "
                                              f"now it is at {place.offset}")
                self.ledger.count("looks at committed offsets")


class Reader(Actor):
    """Reads all partitions from their start, through every kill."""

    def __init__(self, level, ledger, address, seed):
        super().__init__(level, ledger, address, seed)
        self.level = level

    def work(self):
        consumer = Consumer(self.config(group_id=f"reader-{self.level}", isolation_level=self.level,
                                        enable_auto_commit=False, auto_offset_reset="error"))
        consumer.assign([TopicPartition(topic, n, OFFSET_BEGINNING)
                         for topic in [IDEMPOTENT, TRANSACTIONAL] for n in range(PARTITIONS)])
        while not self.stopping:
            for message in consumer.consume(500, 0.1):
                if not message.error():
                    self.ledger.note(self.level, message)
        consumer.close()


class Administrator(Actor):
    """Makes, grows, changes and deletes topics. What was acknowledged must be there, also after a kill."""

    def work(self):
        admin = AdminClient(self.config())
        number = 0
        while not self.ledger.pause(self.chance.random() * 0.3):
            known = [name for name, facts in self.ledger.topics.items() if facts]
            choice = self.chance.random()
            if not known or choice < 0.4:
                name, number = f"topic-{number}", number + 1
                self.change(name, (1, None), lambda: admin.create_topics([NewTopic(name, 1, 1)])[name])
                continue
            name = self.chance.choice(known)
            partitions, retention = self.ledger.topics[name]
            if choice < 0.6:
                self.change(name, None, lambda: admin.delete_topics([name])[name])
            elif choice < 0.8 and partitions < 6:
                self.change(name, (partitions + 1, retention),
                            lambda: admin.create_partitions([NewPartitions(name, partitions + 1)])[name])
            else:
                value = str(self.chance.randrange(10**6, 10**9))
                entry = ConfigEntry("retention.ms", value, incremental_operation=AlterConfigOpType.SET)
                resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
                self.change(name, (partitions, value), lambda: admin.incremental_alter_configs([resource])[resource])

    def change(self, name, facts, ask):
        try:
            ask().result(SECONDS)
            self.ledger.topics[name] = facts
            self.ledger.count("admin changes")
        except KafkaException:
            # It was carried out, or not: nothing is expected of this topic any more.
            self.ledger.topics.pop(name, None)
