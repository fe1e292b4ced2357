"""librdkafka by way of confluent-kafka: idempotent producer, groups, admin."""

import unittest

from broker import Broker
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

SECONDS = 30


class Librdkafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker().start()
        cls.admin = AdminClient({"bootstrap.servers": cls.broker.address})

    @classmethod
    def tearDownClass(cls):
        cls.broker.remove()

    def create(self, topic, partitions=1, **config):
        self.admin.create_topics([NewTopic(topic, partitions, 1, config=config)])[topic].result(SECONDS)

    def produce(self, topic, records, **config):
        failures = []
        producer = Producer({"bootstrap.servers": self.broker.address, "enable.idempotence": True, **config})
        for key, value in records:
            producer.produce(topic, value, key, on_delivery=lambda error, _: failures.append(error) if error else None)
            producer.poll(0)
        self.assertEqual(producer.flush(SECONDS), 0)
        self.assertEqual(failures, [])

    def consumer(self, group, **config):
        return Consumer({"bootstrap.servers": self.broker.address, "group.id": group, "auto.offset.reset": "earliest",
                         "enable.auto.commit": False, "session.timeout.ms": 10000, **config})

    def read(self, consumers, count):
        """Every message until `count` different values have come, or nothing comes any more. A partition that moves to
        another member before anything was committed is read again."""
        got, values, idle = [], set(), 0
        while len(values) < count and idle < 1500:
            idle += 1
            for consumer in consumers:
                message = consumer.poll(0.02)
                if message is None:
                    continue
                self.assertIsNone(message.error())
                got.append(message)
                values.add(message.value())
                idle = 0
        return got

    def test_idempotent_records_arrive_once_and_in_order(self):
        self.create("idempotent", 3)
        sent = [(f"k{n % 17}", f"{n}") for n in range(20000)]
        self.produce("idempotent", sent, **{"linger.ms": 5})
        consumer = self.consumer("idempotent-readers")
        consumer.subscribe(["idempotent"])
        got = self.read([consumer], len(sent))
        consumer.close()
        self.assertEqual(len(got), len(sent))
        for key in {key for key, _ in sent}:
            mine = [m.value().decode() for m in got if m.key().decode() == key]
            self.assertEqual(mine, [value for k, value in sent if k == key])

    def test_two_members_share_the_partitions_and_commit(self):
        for strategy in ["range", "roundrobin", "cooperative-sticky"]:
            with self.subTest(strategy=strategy):
                topic = f"shared-{strategy}"
                self.create(topic, 4)
                self.produce(topic, [(f"{n}", f"{n}") for n in range(400)])
                members = [self.consumer(f"group-{strategy}", **{"partition.assignment.strategy": strategy})
                           for _ in range(2)]
                for member in members:
                    member.subscribe([topic])
                got = self.read(members, 400)
                self.assertEqual(len({m.value() for m in got}), 400)
                rounds = 0
                while sorted(len(m.assignment()) for m in members) != [2, 2] and rounds < 1000:
                    rounds += 1
                    for member in members:
                        member.poll(0.02)
                self.assertEqual(sorted(len(m.assignment()) for m in members), [2, 2])
                for member in members:
                    positions = [p for p in member.position(member.assignment()) if p.offset >= 0]
                    if positions:
                        member.commit(offsets=positions, asynchronous=False)
                for member in members:
                    member.close()

    def test_committed_offsets_are_read_back(self):
        self.create("committed")
        self.produce("committed", [(None, "a"), (None, "b")])
        consumer = self.consumer("simple")
        consumer.commit(offsets=[TopicPartition("committed", 0, 1, metadata="note")], asynchronous=False)
        read = consumer.committed([TopicPartition("committed", 0)], SECONDS)[0]
        consumer.close()
        self.assertEqual((read.offset, read.metadata), (1, "note"))

    def test_watermarks_and_offsets_for_times(self):
        self.create("watermarks")
        self.produce("watermarks", [(None, str(n)) for n in range(10)])
        consumer = self.consumer("watermark-reader")
        self.assertEqual(consumer.get_watermark_offsets(TopicPartition("watermarks", 0), SECONDS), (0, 10))
        found = consumer.offsets_for_times([TopicPartition("watermarks", 0, 0)], SECONDS)
        consumer.close()
        self.assertEqual(found[0].offset, 0)

    def test_admin_creates_describes_and_deletes(self):
        self.create("administered", 2, **{"retention.ms": "172800000"})
        resource = ConfigResource(ConfigResource.Type.TOPIC, "administered")
        configs = self.admin.describe_configs([resource])[resource].result(SECONDS)
        self.assertEqual(configs["retention.ms"].value, "172800000")
        self.assertIn("administered", self.admin.list_topics(timeout=SECONDS).topics)
        with self.assertRaises(KafkaException):
            self.create("administered")
        self.admin.delete_topics(["administered"])["administered"].result(SECONDS)
        self.assertNotIn("administered", self.admin.list_topics(timeout=SECONDS).topics)

    def test_a_bad_topic_name_is_refused(self):
        with self.assertRaises(KafkaException) as refused:
            self.create("no/slash")
        self.assertEqual(refused.exception.args[0].name(), "TOPIC_EXCEPTION")


if __name__ == "__main__":
    unittest.main()
