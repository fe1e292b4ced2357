"""A dataflow of bytewax between two topics."""

import unittest

from broker import Broker
from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSource
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main


class Bytewax(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker(**{"num.partitions": "3"}).start()

    @classmethod
    def tearDownClass(cls):
        cls.broker.remove()

    def read(self, topic):
        return sorted(self.broker.kcat("-C", "-t", topic, "-o", "beginning", "-e", "-f", "%k:%s\n").splitlines())

    def test_a_dataflow_maps_one_topic_into_another(self):
        self.broker.kcat("-P", "-t", "words", "-K", ":", input="".join(f"k{n}:word {n}\n" for n in range(300)))
        self.broker.kcat("-P", "-t", "capitals", "-K", ":", input="first:one\n")
        flow = Dataflow("capitals")
        words = kop.input("words", flow, brokers=[self.broker.address], topics=["words"], tail=False)
        capitals = op.map("capitalise", words.oks, lambda m: KafkaSinkMessage(m.key, m.value.upper()))
        kop.output("capitals", capitals, brokers=[self.broker.address], topic="capitals")
        run_main(flow)
        self.assertEqual(self.read("capitals"), sorted(["first:one"] + [f"k{n}:WORD {n}" for n in range(300)]))

    def test_a_keyed_count_of_what_was_read(self):
        self.broker.kcat("-P", "-t", "events", "-K", ":", input="".join(f"{n % 5}:{n}\n" for n in range(100)))
        self.broker.kcat("-P", "-t", "counts", "-K", ":", input="start:0\n")
        flow = Dataflow("counts")
        events = op.input("events", flow, KafkaSource([self.broker.address], ["events"], tail=False))
        counts = op.count_final("count", events, lambda message: message.key.decode())
        sink = op.map("sink", counts, lambda pair: KafkaSinkMessage(pair[0].encode(), str(pair[1]).encode()))
        kop.output("counts", sink, brokers=[self.broker.address], topic="counts")
        run_main(flow)
        self.assertEqual(self.read("counts"), sorted(["start:0"] + [f"{n}:20" for n in range(5)]))


if __name__ == "__main__":
    unittest.main()
