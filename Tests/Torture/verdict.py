"""Compares what the clients were told with what the broker has at the end."""

import time

from actors import IDEMPOTENT, OUTPUT, PARTITIONS, QUIET, TRANSACTIONAL
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

SECONDS = 30


def read(address, topic, partitions, level):
    """partition -> [(offset, value)], from the start to the end."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "verdict", "isolation.level": level,
                         "enable.auto.commit": False, "enable.partition.eof": True, **QUIET})
    consumer.assign([TopicPartition(topic, n, OFFSET_BEGINNING) for n in range(partitions)])
    rows, ended = {n: [] for n in range(partitions)}, set()
    heard = time.monotonic()
    while len(ended) < partitions:
        messages = consumer.consume(1000, 0.2)
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > SECONDS:
            raise AssertionError(f"{topic}: nothing for {SECONDS} s, {len(ended)} of {partitions} partitions read to their end")
        for message in messages:
            if message.error():
                if message.error().code() != KafkaError._PARTITION_EOF:
                    raise AssertionError(f"{topic}: {message.error()}")
                ended.add(message.partition())
            else:
                rows[message.partition()].append((message.offset(), message.value().decode()))
    consumer.close()
    return rows


class Verdict:
    def __init__(self, ledger, address):
        self.ledger = ledger
        self.address = address
        self.say = ledger.violation

    def check(self):
        idempotent = read(self.address, IDEMPOTENT, PARTITIONS, "read_committed")
        committed = read(self.address, TRANSACTIONAL, PARTITIONS, "read_committed")
        everything = read(self.address, TRANSACTIONAL, PARTITIONS, "read_uncommitted")
        self.idempotent(idempotent)
        self.transactional(committed)
        self.pipeline(read(self.address, OUTPUT, 2, "read_committed"))
        self.readers("read_committed", {IDEMPOTENT: idempotent, TRANSACTIONAL: committed})
        self.readers("read_uncommitted", {IDEMPOTENT: idempotent, TRANSACTIONAL: everything})
        self.group({IDEMPOTENT: idempotent, TRANSACTIONAL: committed})
        self.topics()
        self.ledger.count("records found", sum(map(len, idempotent.values())) + sum(map(len, everything.values())))

    def once_and_in_order(self, topic, partition, rows):
        values = [value for _, value in rows]
        if len(set(values)) != len(values):
            self.say(f"{topic} {partition}: {len(values) - len(set(values))} records are there twice")
        last = {}
        for value in values:
            # "<producer> <number>" or "<producer> <transaction> <n>"
            producer, _, rest = value.partition(" ")
            order = tuple(int(part) for part in rest.split())
            if order <= last.get(producer, (-1,)):
                self.say(f"{topic} {partition}: {value} came after {producer} {last[producer]}")
            last[producer] = order
        return set(values)

    def idempotent(self, rows):
        for partition, found in rows.items():
            values = self.once_and_in_order(IDEMPOTENT, partition, found)
            lost = [v for v in self.ledger.acknowledged.get((IDEMPOTENT, partition), []) if v not in values]
            if lost:
                self.say(f"{IDEMPOTENT} {partition}: {len(lost)} acknowledged records are lost, the first is {lost[0]}")
            if [offset for offset, _ in found] != list(range(len(found))):
                self.say(f"{IDEMPOTENT} {partition}: the offsets have gaps")

    def transactional(self, rows):
        values = set()
        for partition, found in rows.items():
            values |= self.once_and_in_order(TRANSACTIONAL, partition, found)
        known = set()
        for name, (wanted, outcome) in self.ledger.transactions.items():
            there = sum(value in values for value in wanted)
            known.update(wanted)
            if outcome == "committed" and there != len(wanted):
                self.say(f"transaction {name} was committed, {there} of its {len(wanted)} records are there")
            if outcome == "aborted" and there:
                self.say(f"transaction {name} was aborted, {there} of its {len(wanted)} records are seen")
            if outcome == "unknown" and there not in (0, len(wanted)):
                self.say(f"transaction {name} is torn: {there} of its {len(wanted)} records are there")
        if strange := values - known:
            self.say(f"{len(strange)} records belong to no transaction: {sorted(strange)[0]}")

    def pipeline(self, rows):
        moved = {n: [] for n in range(PARTITIONS)}
        for found in rows.values():
            for _, value in found:
                partition, offset = map(int, value.split())
                moved[partition].append(offset)
        for partition, offsets in moved.items():
            if offsets != list(range(len(offsets))):
                first = next(n for n, offset in enumerate(offsets) if n != offset)
                self.say(f"the pipeline did not move each record of {IDEMPOTENT} {partition} once and in order: "
                         f"offset {offsets[first]} where {first} was due")
            committed = self.ledger.committed.get(("pipeline", IDEMPOTENT, partition), 0)
            if len(offsets) < committed:
                self.say(f"the pipeline committed {committed} of {IDEMPOTENT} {partition}, {len(offsets)} records are there")

    def readers(self, level, rows):
        for (topic, partition), seen in self.ledger.read.get(level, {}).items():
            there = rows[topic][partition]
            if seen != there[:len(seen)]:
                first = next((n for n, row in enumerate(seen) if n >= len(there) or row != there[n]), 0)
                wanted = there[first] if first < len(there) else None
                self.say(f"a {level} reader of {topic} {partition} was given {seen[first]} where {wanted} is")

    def group(self, rows):
        """Up to what the group committed, its members were given everything."""
        for (group, topic, partition), offset in self.ledger.committed.items():
            if group == "readers":
                seen = self.ledger.seen.get((group, topic, partition), set())
                skipped = [at for at, _ in rows[topic][partition] if at < offset and at not in seen]
                if skipped:
                    self.say(f"group {group} committed {offset} of {topic} {partition}, but its members were never given "
                             f"{len(skipped)} records, the first at {skipped[0]}")

    def topics(self):
        admin = AdminClient({"bootstrap.servers": self.address, **QUIET})
        there = admin.list_topics(timeout=SECONDS).topics
        for name, facts in self.ledger.topics.items():
            if facts is None:
                if name in there:
                    self.say(f"{name} was deleted, and is there")
                continue
            partitions, retention = facts
            if name not in there or len(there[name].partitions) != partitions:
                self.say(f"{name} should have {partitions} partitions")
                continue
            if retention:
                resource = ConfigResource(ResourceType.TOPIC, name)
                value = admin.describe_configs([resource])[resource].result(SECONDS)["retention.ms"].value
                if value != retention:
                    self.say(f"{name}: retention.ms was set to {retention}, and is {value}")
