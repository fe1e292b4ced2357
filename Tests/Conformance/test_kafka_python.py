"""kafka-python, a client written from the protocol's description."""

import unittest

from broker import Broker
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic


class KafkaPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker().start()
        cls.admin = KafkaAdminClient(bootstrap_servers=cls.broker.address)

    @classmethod
    def tearDownClass(cls):
        cls.admin.close()
        cls.broker.remove()

    def fill(self, topic, count, partitions=1, **config):
        self.admin.create_topics([NewTopic(topic, partitions, 1)])
        producer = KafkaProducer(bootstrap_servers=self.broker.address, **config)
        sent = [producer.send(topic, key=b"%d" % n, value=b"%d" % n, partition=n % partitions) for n in range(count)]
        producer.flush(30)
        offsets = [future.get(30).offset for future in sent]
        producer.close()
        return offsets

    def test_produces_and_consumes_in_a_group(self):
        self.admin.create_topics([NewTopic("python", 3, 1)])
        producer = KafkaProducer(bootstrap_servers=self.broker.address, compression_type="gzip", acks="all")
        sent = [producer.send("python", key=b"%d" % (n % 7), value=b"%d" % n, headers=[("n", b"%d" % n)])
                for n in range(1000)]
        producer.flush(30)
        self.assertTrue(all(future.get(30).offset >= 0 for future in sent))
        producer.close()
        consumer = KafkaConsumer("python", bootstrap_servers=self.broker.address, group_id="pythons",
                                 auto_offset_reset="earliest", consumer_timeout_ms=20000)
        got = []
        for message in consumer:
            got.append(message)
            if len(got) == 1000:
                break
        consumer.commit()
        committed = sum(consumer.committed(TopicPartition("python", p)) or 0 for p in range(3))
        consumer.close()
        self.assertEqual(sorted(int(m.value) for m in got), list(range(1000)))
        self.assertTrue(all(m.headers == [("n", m.value)] for m in got))
        self.assertEqual(committed, 1000)

    def test_an_idempotent_producer_gets_offsets_in_order(self):
        self.assertEqual(self.fill("python-order", 500, enable_idempotence=True), list(range(500)))

    def test_positions_and_offsets_by_time(self):
        self.fill("python-offsets", 20)
        place = TopicPartition("python-offsets", 0)
        consumer = KafkaConsumer(bootstrap_servers=self.broker.address, auto_offset_reset="earliest")
        consumer.assign([place])
        self.assertEqual((consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]), (0, 20))
        self.assertEqual(consumer.offsets_for_times({place: 0})[place].offset, 0)
        consumer.seek(place, 15)
        got = []
        while len(got) < 5:
            for records in consumer.poll(500).values():
                got += [int(record.value) for record in records]
        consumer.close()
        self.assertEqual(got, [15, 16, 17, 18, 19])

    def test_a_transaction_commits_and_aborts(self):
        self.admin.create_topics([NewTopic("python-txn", 1, 1)])
        producer = KafkaProducer(bootstrap_servers=self.broker.address, transactional_id="python", enable_idempotence=True)
        producer.init_transactions()
        for value, commit in [(b"a", True), (b"x", False), (b"b", True)]:
            producer.begin_transaction()
            producer.send("python-txn", value)
            producer.flush(30)
            (producer.commit_transaction if commit else producer.abort_transaction)()
        producer.close()
        consumer = KafkaConsumer(bootstrap_servers=self.broker.address, auto_offset_reset="earliest",
                                 isolation_level="read_committed", consumer_timeout_ms=20000)
        consumer.assign([TopicPartition("python-txn", 0)])
        got = [next(consumer).value, next(consumer).value]
        consumer.close()
        self.assertEqual(got, [b"a", b"b"])

    def test_admin_describes_topics_the_cluster_and_groups(self):
        self.fill("python-admin", 10, 2)
        topic = self.admin.describe_topics(["python-admin"])[0]
        self.assertEqual(len(topic["partitions"]), 2)
        self.assertIn("python-admin", self.admin.list_topics())
        self.assertEqual(len(self.admin.describe_cluster()["brokers"]), 1)
        self.admin.delete_topics(["python-admin"])
        self.assertNotIn("python-admin", self.admin.list_topics())


if __name__ == "__main__":
    unittest.main()
