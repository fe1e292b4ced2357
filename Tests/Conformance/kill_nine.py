"""kill -9 the broker during a run of idempotent acks=all records, restart it, and count: nothing lost, nothing twice.

usage: kill_nine.py [rounds] [records]
"""

import random
import sys
import threading

from broker import Broker
from confluent_kafka import Consumer, Producer, TopicPartition


def run(round_number, count, seed):
    chance = random.Random(seed)
    broker = Broker(**{"num.partitions": "3"}).start()
    try:
        delivered, failures = [], []
        producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "acks": "all",
                             "linger.ms": 2, "batch.num.messages": 500, "message.timeout.ms": 120000,
                             "reconnect.backoff.max.ms": 200, "log_level": 0})

        def done(error, message):
            (failures if error else delivered).append(message)

        kill_at = chance.randrange(count // 10, count * 9 // 10)
        restarted = None
        for n in range(count):
            while True:
                try:
                    producer.produce("killed", str(n), str(n), on_delivery=done)
                    break
                except BufferError:
                    producer.poll(0.05)
            producer.poll(0)
            if restarted is None and len(delivered) >= kill_at // 2 and n >= kill_at:
                broker.kill()
                restarted = threading.Thread(target=broker.start)
                restarted.start()
        if restarted is None:
            broker.kill()
            restarted = threading.Thread(target=broker.start)
            restarted.start()
        left = producer.flush(120)
        restarted.join()
        consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "count", "enable.auto.commit": False,
                             "enable.partition.eof": True})
        consumer.assign([TopicPartition("killed", p, 0) for p in range(3)])
        values, ends = [], 0
        while ends < 3:
            message = consumer.poll(30)
            if message is None:
                raise AssertionError(f"consumed {len(values)} records, then nothing for 30 s")
            if message.error():
                ends += 1
            else:
                values.append(int(message.value()))
        consumer.close()
        missing = count - len(set(values))
        twice = len(values) - len(set(values))
        print(f"round {round_number}: seed {seed}, killed near record {kill_at} of {count}: delivered {len(delivered)}, "
              f"failed {len(failures)}, unsent {left}, lost {missing}, duplicated {twice}", flush=True)
        return missing == 0 and twice == 0 and not failures and left == 0
    finally:
        broker.remove()


if __name__ == "__main__":
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    seeds = random.SystemRandom()
    results = [run(n + 1, count, seeds.randrange(1 << 30)) for n in range(rounds)]
    print(f"kill -9: {sum(results)} passed, {len(results) - sum(results)} failed", flush=True)
    sys.exit(0 if all(results) else 1)
