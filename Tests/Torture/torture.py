"""Clients work while the broker is killed again and again; afterwards everything they were told must hold.

usage: torture.py [seconds, 60 by default] [seed]
The environment's MILLRACE names the broker's binary. After a violation the folder of the data is kept, and named.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Conformance"))

from actors import (IDEMPOTENT, OUTPUT, PARTITIONS, SECONDS, TRANSACTIONAL, Administrator, GroupMember, IdempotentProducer,
                    OffsetAuditor, Pipeline, Reader, TransactionalProducer)
from broker import Broker
from confluent_kafka.admin import AdminClient, NewTopic
from killer import Killer
from ledger import Ledger
from verdict import Verdict

SETTINGS = {"offsets.topic.num.partitions": "3", "transaction.state.log.num.partitions": "3",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000"}
ENDING_SECONDS = 90


def run(seconds, seed):
    ledger = Ledger()
    broker = Broker(**SETTINGS).start()
    try:
        admin = AdminClient({"bootstrap.servers": broker.address})
        topics = [NewTopic(IDEMPOTENT, PARTITIONS, 1), NewTopic(TRANSACTIONAL, PARTITIONS, 1), NewTopic(OUTPUT, 2, 1)]
        for made in admin.create_topics(topics).values():
            made.result(SECONDS)
        at = ledger, broker.address, seed
        actors = [IdempotentProducer("i0", *at), IdempotentProducer("i1", *at), TransactionalProducer("t0", *at),
                  TransactionalProducer("t1", *at), Pipeline("pipeline", *at), GroupMember("m0", *at), GroupMember("m1", *at),
                  OffsetAuditor("auditor", *at), Reader("read_committed", *at), Reader("read_uncommitted", *at),
                  Administrator("admin", *at)]
        for actor in actors:
            actor.start()
        killer = Killer(broker, ledger, seed)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not ledger.violations:
            killer.once()
        ledger.stopping.set()
        print(f"  {ledger.counts.get('kills', 0)} kills; the clients come to their ends", flush=True)
        end = time.monotonic() + ENDING_SECONDS
        for actor in actors:
            actor.join(max(0, end - time.monotonic()))
            if actor.is_alive():
                ledger.violation(f"{actor.name} did not come to its end")
        if not ledger.violations:
            Verdict(ledger, broker.address).check()
    except Exception as error:
        ledger.violation(f"the test itself: {type(error).__name__}: {error}")
        raise
    finally:
        ledger.stopping.set()
        if ledger.violations:
            if broker.process.poll() is None:
                broker.kill()
            print("-- the broker said\n" + "".join(broker.lines[-60:]) + f"-- its data is in {broker.folder}", flush=True)
        else:
            broker.remove()
    return ledger


if __name__ == "__main__":
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4), "big")
    print(f"torture: {seconds} s, seed {seed}", flush=True)
    ledger = run(seconds, seed)
    for what, count in sorted(ledger.counts.items()):
        print(f"  {count:>9,} {what}", flush=True)
    print(f"torture: {ledger.counts.get('kills', 0)} kills, {len(ledger.violations)} violations", flush=True)
    # Threads that hang in a client must not keep this process alive.
    sys.stdout.flush()
    os._exit(1 if ledger.violations else 0)
