"""kafka-python, a client written from the protocol's description."""

import unittest

from broker import Broker
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic


class KafkaPython(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker().start()

    @classmethod
    def tearDownClass(cls):
        cls.broker.remove()

    def test_produces_and_consumes_in_a_group(self):
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        admin.create_topics([NewTopic("python", 3, 1)])
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
        admin.close()
        self.assertEqual(sorted(int(m.value) for m in got), list(range(1000)))
        self.assertTrue(all(m.headers == [("n", m.value)] for m in got))
        self.assertEqual(committed, 1000)


if __name__ == "__main__":
    unittest.main()
