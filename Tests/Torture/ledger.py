"""What the clients of the torture test were told. Afterwards it is compared with what the broker has."""

import threading
import time


class Ledger:
    """All methods may be called from any thread. A violation is a sentence; the first ones are kept."""

    def __init__(self):
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.violations = []
        self.counts = {}
        # (topic, partition) -> values in the order of their acknowledgement
        self.acknowledged = {}
        # transaction -> (values, outcome), outcome: "committed", "aborted" or "unknown"
        self.transactions = {}
        # (group, topic, partition) -> the highest offset whose commit was acknowledged
        self.committed = {}
        # (group, topic, partition) -> offsets that members of the group were given
        self.seen = {}
        # reader -> (topic, partition) -> [(offset, value)] in the order in which they came
        self.read = {}
        # topic -> (partitions, retention.ms), or None where it is deleted
        self.topics = {}

    def count(self, what, by=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + by

    def violation(self, what):
        with self.lock:
            if len(self.violations) < 20:
                self.violations.append(what)
                print(f"VIOLATION: {what}", flush=True)

    def acknowledge(self, topic, partition, value):
        with self.lock:
            self.acknowledged.setdefault((topic, partition), []).append(value)

    def end_transaction(self, name, values, outcome):
        with self.lock:
            self.transactions[name] = (values, outcome)
        self.count(f"transactions {outcome}")

    def commit(self, group, partitions):
        with self.lock:
            for partition in partitions:
                key = (group, partition.topic, partition.partition)
                if partition.offset >= 0 and not partition.error:
                    self.committed[key] = max(self.committed.get(key, 0), partition.offset)
        self.count("offset commits")

    def committed_so_far(self):
        with self.lock:
            return dict(self.committed)

    def see(self, group, message):
        with self.lock:
            self.seen.setdefault((group, message.topic(), message.partition()), set()).add(message.offset())

    def note(self, reader, message):
        with self.lock:
            rows = self.read.setdefault(reader, {}).setdefault((message.topic(), message.partition()), [])
            rows.append((message.offset(), message.value().decode()))

    def pause(self, seconds):
        """Waits; true where the run is over."""
        return self.stopping.wait(seconds)


def retrying(ledger, what, attempt, seconds=120):
    """Calls until it works: a broker that was killed is back within seconds. Errors that are not for a retry are raised."""
    from confluent_kafka import KafkaException
    end = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except KafkaException as thrown:
            error = thrown.args[0]
            if time.monotonic() > end:
                ledger.violation(f"{what} did not succeed within {seconds} s: {error}")
                raise
            if error.fatal() or error.txn_requires_abort() or not (error.retriable() or error.name().startswith("_")):
                raise
            ledger.count(f"tried again: {what}: {error.name()}")
            time.sleep(0.05)
