"""aiokafka, the client of Python's asyncio."""

import asyncio
import unittest

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from broker import Broker

SECONDS = 30


class AIOKafka(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker().start()

    @classmethod
    def tearDownClass(cls):
        cls.broker.remove()

    async def create(self, topic, partitions=1):
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
        await admin.start()
        await admin.create_topics([NewTopic(topic, partitions, 1)])
        await admin.close()

    async def produce(self, topic, values, **config):
        producer = AIOKafkaProducer(bootstrap_servers=self.broker.address, **config)
        await producer.start()
        try:
            sent = [await producer.send(topic, value.encode(), key=value.encode()) for value in values]
            return [await one for one in sent]
        finally:
            await producer.stop()

    def consumer(self, *topics, **config):
        return AIOKafkaConsumer(*topics, bootstrap_servers=self.broker.address, auto_offset_reset="earliest", **config)

    async def read(self, consumer, count):
        return [await asyncio.wait_for(consumer.getone(), SECONDS) for _ in range(count)]

    async def test_every_codec_is_read_back(self):
        for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
            with self.subTest(codec=codec):
                topic = f"aio-{codec}"
                await self.create(topic)
                values = [f"{n} {'x' * (n % 50)}" for n in range(500)]
                try:
                    await self.produce(topic, values, compression_type=codec, enable_idempotence=True)
                except RuntimeError as error:  # the codec's own Python package is not there
                    self.assertIn("library", str(error).lower())
                    continue
                consumer = self.consumer(topic)
                await consumer.start()
                got = await self.read(consumer, len(values))
                await consumer.stop()
                self.assertEqual([m.value.decode() for m in got], values)

    async def test_a_group_resumes_where_it_committed(self):
        await self.create("aio-group", 2)
        await self.produce("aio-group", [str(n) for n in range(100)])
        seen = []
        for _ in range(2):
            consumer = self.consumer("aio-group", group_id="aio", enable_auto_commit=False)
            await consumer.start()
            seen += [m.value for m in await self.read(consumer, 50)]
            await consumer.commit()
            await consumer.stop()
        self.assertEqual(sorted(int(value) for value in seen), list(range(100)))

    async def test_two_members_share_the_partitions(self):
        await self.create("aio-shared", 4)
        members = [self.consumer("aio-shared", group_id="aio-shared", heartbeat_interval_ms=200) for _ in range(2)]
        for member in members:
            await member.start()
        async with asyncio.timeout(SECONDS):
            while sorted(len(member.assignment()) for member in members) != [2, 2]:
                for member in members:
                    await member.getmany(timeout_ms=50)
        for member in members:
            await member.stop()

    async def test_positions_offsets_and_times(self):
        await self.create("aio-offsets")
        await self.produce("aio-offsets", [str(n) for n in range(20)])
        partition = TopicPartition("aio-offsets", 0)
        consumer = self.consumer()
        await consumer.start()
        consumer.assign([partition])
        self.assertEqual(await consumer.beginning_offsets([partition]), {partition: 0})
        self.assertEqual(await consumer.end_offsets([partition]), {partition: 20})
        consumer.seek(partition, 15)
        self.assertEqual((await self.read(consumer, 1))[0].value, b"15")
        found = await consumer.offsets_for_times({partition: 0})
        self.assertEqual(found[partition].offset, 0)
        await consumer.stop()

    async def test_admin_creates_grows_describes_and_deletes(self):
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
        await admin.start()
        await admin.create_topics([NewTopic("aio-admin", 1, 1)])
        await admin.create_partitions({"aio-admin": NewPartitions(3)})
        described = await admin.describe_topics(["aio-admin"])
        self.assertEqual(len(described[0]["partitions"]), 3)
        await admin.delete_topics(["aio-admin"])
        self.assertNotIn("aio-admin", await admin.list_topics())
        await admin.close()


if __name__ == "__main__":
    unittest.main()
