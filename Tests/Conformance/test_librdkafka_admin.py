"""librdkafka's admin client by way of confluent-kafka."""

import unittest

from broker import Broker
from confluent_kafka import (Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, ConsumerGroupType, IsolationLevel,
                             KafkaException, Producer, TopicCollection, TopicPartition)
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewPartitions,
                                   NewTopic, OffsetSpec, ResourceType)

SECONDS = 30


class LibrdkafkaAdmin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker().start()
        cls.admin = AdminClient({"bootstrap.servers": cls.broker.address})

    @classmethod
    def tearDownClass(cls):
        cls.broker.remove()

    def create(self, topic, partitions=1, records=0, **config):
        self.admin.create_topics([NewTopic(topic, partitions, 1, config=config)])[topic].result(SECONDS)
        producer = Producer({"bootstrap.servers": self.broker.address})
        for n in range(records):
            producer.produce(topic, str(n), partition=n % partitions)
        self.assertEqual(producer.flush(SECONDS), 0)

    def refused(self, future, code):
        with self.assertRaises(KafkaException) as refused:
            future.result(SECONDS)
        self.assertEqual(refused.exception.args[0].name(), code)

    def test_describes_topics(self):
        self.create("rd-described", 3)
        topic = self.admin.describe_topics(TopicCollection(["rd-described"]))["rd-described"].result(SECONDS)
        self.assertEqual((topic.name, len(topic.partitions), topic.is_internal), ("rd-described", 3, False))
        self.assertTrue(all(p.leader.id == p.replicas[0].id == p.isr[0].id for p in topic.partitions))
        self.refused(self.admin.describe_topics(TopicCollection(["none"]))["none"], "UNKNOWN_TOPIC_OR_PART")

    def test_describes_the_cluster(self):
        cluster = self.admin.describe_cluster(request_timeout=SECONDS).result(SECONDS)
        self.assertEqual(len(cluster.cluster_id), 22)
        self.assertEqual([f"{node.host}:{node.port}" for node in cluster.nodes], [self.broker.address])
        self.assertEqual(cluster.controller.id, cluster.nodes[0].id)

    def test_creates_partitions(self):
        self.create("rd-grows", 1)
        self.admin.create_partitions([NewPartitions("rd-grows", 4)])["rd-grows"].result(SECONDS)
        self.assertEqual(len(self.admin.list_topics("rd-grows", SECONDS).topics["rd-grows"].partitions), 4)
        self.refused(self.admin.create_partitions([NewPartitions("rd-grows", 2)])["rd-grows"], "INVALID_PARTITIONS")

    def test_alters_configs_incrementally(self):
        self.create("rd-configs")
        for operation, value, wanted in [(AlterConfigOpType.SET, "compact", {"compact"}),
                                         (AlterConfigOpType.APPEND, "delete", {"compact", "delete"}),
                                         (AlterConfigOpType.SUBTRACT, "compact", {"delete"}),
                                         (AlterConfigOpType.DELETE, None, {"delete"})]:
            entry = ConfigEntry("cleanup.policy", value, incremental_operation=operation)
            change = ConfigResource(ResourceType.TOPIC, "rd-configs", incremental_configs=[entry])
            self.admin.incremental_alter_configs([change])[change].result(SECONDS)
            asked = ConfigResource(ResourceType.TOPIC, "rd-configs")
            configs = self.admin.describe_configs([asked])[asked].result(SECONDS)
            self.assertEqual(set(configs["cleanup.policy"].value.split(",")), wanted)
        self.assertEqual(configs["cleanup.policy"].source, ConfigSource.DEFAULT_CONFIG.value)
        self.assertTrue(configs["cleanup.policy"].is_default)

    def test_lists_offsets(self):
        self.create("rd-offsets", 1, records=10)
        partition = TopicPartition("rd-offsets", 0)
        for spec, wanted in [(OffsetSpec.earliest(), 0), (OffsetSpec.latest(), 10), (OffsetSpec.for_timestamp(0), 0),
                             (OffsetSpec.for_timestamp(1 << 45), -1)]:
            for level in [IsolationLevel.READ_UNCOMMITTED, IsolationLevel.READ_COMMITTED]:
                found = self.admin.list_offsets({partition: spec}, isolation_level=level)[partition].result(SECONDS)
                self.assertEqual(found.offset, wanted)
        newest = self.admin.list_offsets({partition: OffsetSpec.max_timestamp()})[partition].result(SECONDS)
        self.assertIn(newest.offset, range(10))

    def test_deletes_records(self):
        self.create("rd-trimmed", 1, records=10)
        before = TopicPartition("rd-trimmed", 0, 4)
        self.assertEqual(self.admin.delete_records([before])[before].result(SECONDS).low_watermark, 4)
        beyond = TopicPartition("rd-trimmed", 0, 11)
        self.refused(self.admin.delete_records([beyond])[beyond], "OFFSET_OUT_OF_RANGE")

    def test_lists_describes_and_deletes_groups(self):
        self.create("rd-groups", 2, records=10)
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": "rd-group", "client.id": "rd",
                             "auto.offset.reset": "earliest", "enable.auto.commit": False})
        consumer.subscribe(["rd-groups"])
        for _ in range(SECONDS * 10):
            if consumer.assignment():
                break
            consumer.poll(0.1)
        listed = self.admin.list_consumer_groups(states={ConsumerGroupState.STABLE}).result(SECONDS)
        self.assertIn(("rd-group", ConsumerGroupType.CLASSIC), [(g.group_id, g.type) for g in listed.valid])
        group = self.admin.describe_consumer_groups(["rd-group"])["rd-group"].result(SECONDS)
        self.assertEqual((group.state, len(group.members)), (ConsumerGroupState.STABLE, 1))
        self.assertEqual(group.members[0].client_id, "rd")
        self.assertEqual(len(group.members[0].assignment.topic_partitions), 2)
        self.refused(self.admin.delete_consumer_groups(["rd-group"])["rd-group"], "NON_EMPTY_GROUP")
        consumer.commit(offsets=[TopicPartition("rd-groups", 0, 3)], asynchronous=False)
        consumer.close()
        self.admin.delete_consumer_groups(["rd-group"])["rd-group"].result(SECONDS)
        self.assertNotIn("rd-group", [g.group_id for g in self.admin.list_consumer_groups().result(SECONDS).valid])

    def test_alters_and_lists_offsets_of_a_group(self):
        self.create("rd-moved", 2, records=10)
        wanted = [TopicPartition("rd-moved", 0, 2), TopicPartition("rd-moved", 1, 4)]
        change = ConsumerGroupTopicPartitions("rd-moved-group", wanted)
        self.admin.alter_consumer_group_offsets([change])["rd-moved-group"].result(SECONDS)
        asked = ConsumerGroupTopicPartitions("rd-moved-group")
        read = self.admin.list_consumer_group_offsets([asked], require_stable=True)["rd-moved-group"].result(SECONDS)
        self.assertEqual(sorted((p.partition, p.offset) for p in read.topic_partitions), [(0, 2), (1, 4)])


if __name__ == "__main__":
    unittest.main()
