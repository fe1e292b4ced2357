"""Transactions of librdkafka, which follow the flow of old: partitions are added before they are written to."""

import unittest

from broker import Broker
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

SECONDS = 30


class LibrdkafkaTransactions(unittest.TestCase):
    def setUp(self):
        self.broker = Broker(**{"transaction.abort.timed.out.transaction.cleanup.interval.ms": 100}).start()
        self.admin = AdminClient({"bootstrap.servers": self.broker.address})
        self.admin.create_topics([NewTopic("orders", 1, 1)])["orders"].result(SECONDS)

    def tearDown(self):
        self.broker.remove()

    def producer(self, name, **config):
        producer = Producer({"bootstrap.servers": self.broker.address, "transactional.id": name, "linger.ms": 0, **config})
        producer.init_transactions(SECONDS)
        return producer

    def send(self, producer, *values):
        failures = []
        for value in values:
            producer.produce("orders", value, "k", on_delivery=lambda error, _: failures.append(error) if error else None)
        self.assertEqual(producer.flush(SECONDS), 0)
        return failures

    def consumer(self, **config):
        return Consumer({"bootstrap.servers": self.broker.address, "group.id": "readers", "auto.offset.reset": "earliest",
                         "enable.auto.commit": False, "enable.partition.eof": True, **config})

    def read(self, offset=0, level="read_committed"):
        """Every value up to the end that a consumer of this level sees."""
        consumer = self.consumer(**{"isolation.level": level})
        consumer.assign([TopicPartition("orders", 0, offset)])
        values = []
        while True:
            message = consumer.poll(SECONDS)
            self.assertIsNotNone(message)
            if message.error():
                consumer.close()
                return values
            values.append(message.value().decode())

    def test_commit_and_abort_and_a_start_in_the_middle(self):
        producer = self.producer("t")
        for round in range(20):
            producer.begin_transaction()
            self.assertEqual(self.send(producer, f"a{round}", f"b{round}"), [])
            if round % 2 == 0:
                producer.commit_transaction(SECONDS)
            else:
                producer.abort_transaction(SECONDS)
        wanted = [f"{letter}{round}" for round in range(0, 20, 2) for letter in "ab"]
        self.assertEqual(self.read(), wanted)
        self.assertEqual(self.read(offset=1), wanted[1:])
        self.assertEqual(self.read(offset=4), wanted[2:])
        self.assertEqual(len(self.read(level="read_uncommitted")), 40)

    def test_a_second_producer_fences_the_first(self):
        first = self.producer("t")
        first.begin_transaction()
        self.assertEqual(self.send(first, "lost"), [])
        second = self.producer("t")
        first.produce("orders", "zombie", "k")
        with self.assertRaises(KafkaException) as caught:
            first.commit_transaction(SECONDS)
        self.assertTrue(caught.exception.args[0].fatal() or caught.exception.args[0].txn_requires_abort())
        second.begin_transaction()
        self.assertEqual(self.send(second, "kept"), [])
        second.commit_transaction(SECONDS)
        self.assertEqual(self.read(), ["kept"])

    def test_offsets_of_a_consumer_are_committed_with_the_transaction(self):
        producer = self.producer("t")
        consumer = self.consumer()
        for commits, wanted in [(True, 5), (False, 5)]:
            producer.begin_transaction()
            offset = TopicPartition("orders", 0, 5 if commits else 9)
            producer.send_offsets_to_transaction([offset], consumer.consumer_group_metadata(), SECONDS)
            if commits:
                producer.commit_transaction(SECONDS)
            else:
                producer.abort_transaction(SECONDS)
            self.assertEqual(consumer.committed([TopicPartition("orders", 0)], SECONDS)[0].offset, wanted)
        consumer.close()

    def test_a_transaction_that_is_open_for_too_long_is_aborted(self):
        producer = self.producer("t", **{"transaction.timeout.ms": 1000})
        producer.begin_transaction()
        self.assertEqual(self.send(producer, "late"), [])
        consumer = self.consumer(**{"isolation.level": "read_uncommitted"})
        partition = TopicPartition("orders", 0)
        while consumer.get_watermark_offsets(partition, SECONDS)[1] < 2:
            pass
        consumer.close()
        with self.assertRaises(KafkaException):
            producer.commit_transaction(SECONDS)
        self.assertEqual(self.read(), [])

    def test_a_transaction_goes_on_after_kill_nine(self):
        producer = self.producer("t")
        for round in range(6):
            producer.begin_transaction()
            self.assertEqual(self.send(producer, f"a{round}"), [])
            self.broker.kill()
            self.broker.start()
            self.assertEqual(self.send(producer, f"b{round}"), [])
            if round % 2 == 0:
                producer.commit_transaction(SECONDS)
            else:
                producer.abort_transaction(SECONDS)
        wanted = [f"{letter}{round}" for round in range(0, 6, 2) for letter in "ab"]
        self.assertEqual(self.read(), wanted)


if __name__ == "__main__":
    unittest.main()
