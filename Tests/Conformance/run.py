"""Runs clients that we did not write against the broker, and writes which case passed to RESULTS.md.

usage: run.py [--only part of a suite's name] [--case part of a case's name] [--jobs n]

A suite is a Python file (test_*.py) or a Java program (java/*Cases.java). Each runs in a process of its own with a broker of its
own, so that nothing that hangs or crashes takes another suite with it. It prints "ok <case>" or "FAIL <case><tab><reason>".
The environment's MILLRACE names the broker's binary.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from broker import ROOT, Broker

HERE = os.path.dirname(os.path.abspath(__file__))
FOREIGN = os.path.join(ROOT, ".build", "conformance")
JARS = os.path.join(FOREIGN, "jars")
CLASSES = os.path.join(FOREIGN, "classes")
SUITE_SECONDS = 240
OK, FAIL = "ok ", "FAIL "

# Client, suite, arguments of a Java program.
SUITES = [
    ("Java client", "ConsumerCases", ["classic"]),
    ("Java client", "TransactionVersionCases", ["2"]),
    ("Java client", "TransactionVersionCases", ["0"]),
    ("Java client", "AdminTopicCases", []),
    ("librdkafka", "test_librdkafka", None),
    ("Java client", "ProducerCases", []),
    ("Java client", "TransactionCases", []),
    ("librdkafka", "test_librdkafka_transactions", None),
    ("Java client", "AdminGroupCases", []),
    ("Java client", "AdminConfigCases", []),
    ("librdkafka", "test_librdkafka_admin", None),
    ("kafka-python", "test_kafka_python", None),
    ("aiokafka", "test_aiokafka", None),
    ("bytewax", "test_bytewax", None),
    ("kcat", "test_kcat", None),
]


def class_path():
    return os.pathsep.join([CLASSES] + sorted(os.path.join(JARS, jar) for jar in os.listdir(JARS)))


def compile_java():
    sources = sorted(os.path.join(HERE, "java", file) for file in os.listdir(os.path.join(HERE, "java")))
    os.makedirs(CLASSES, exist_ok=True)
    subprocess.run(["javac", "-Xlint:-options", "-d", CLASSES, "-cp", class_path(), *sources], check=True)


class Suite:
    def __init__(self, client, program, arguments):
        self.client = client
        self.program = program
        self.arguments = arguments
        self.name = " ".join([program, *(arguments or [])])
        self.results = []
        self.seconds = 0.0
        self.output = ""

    def run(self, case):
        started = time.monotonic()
        broker = None
        try:
            if self.arguments is None:
                command = [sys.executable, os.path.join(HERE, "suite.py"), self.program] + ([case] if case else [])
            else:
                broker = Broker().start()
                command = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", class_path(), self.program,
                           broker.address, *self.arguments]
            environment = {**os.environ, "CASE": case, "PYTHONDONTWRITEBYTECODE": "1"}
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HERE,
                                       env=environment, start_new_session=True)
            try:
                self.output = process.communicate(timeout=SUITE_SECONDS)[0]
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                self.output = process.communicate()[0]
                self.results.append(("the suite ends", f"it did not within {SUITE_SECONDS} s"))
            self._gather()
            if process.returncode not in (0, 1, -9):
                self.results.append(("the suite ends", f"with code {process.returncode}"))
            if broker and broker.process.poll() is not None:
                self.results.append(("the broker lives", f"it ended with code {broker.process.returncode}"))
            if broker and (code := broker.stop()) != 0:
                self.results.append(("the broker stops on SIGTERM", f"with code {code}"))
        except Exception as error:  # whatever it is belongs into the table, not only on the terminal
            self.results.append(("the suite runs", repr(error)))
        finally:
            if broker:
                if self.failed:
                    self.output += "\n-- the broker said\n" + "".join(broker.lines[-40:])
                broker.remove()
        self.seconds = time.monotonic() - started

    def _gather(self):
        for line in self.output.splitlines():
            if line.startswith(OK):
                self.results.append((line[len(OK):], None))
            elif line.startswith(FAIL):
                case, _, why = line[len(FAIL):].partition("\t")
                self.results.append((case, why or "without a reason"))

    @property
    def failed(self):
        return [result for result in self.results if result[1] is not None]


def write_results(suites):
    rows = [f"| {suite.client} | {case} | {'passed' if why is None else 'FAILED'} |"
            for suite in sorted(suites, key=lambda suite: suite.client) for case, why in suite.results]
    passed = sum(row.endswith("passed |") for row in rows)
    with open(os.path.join(HERE, "RESULTS.md"), "w", encoding="utf-8") as file:
        file.write("# Clients that we did not write\n\nWritten by `make conformance`: the last whole run.\n\n"
                   f"{len(rows)} cases, {passed} passed.\n\n| client | case | result |\n|---|---|---|\n"
                   + "\n".join(rows) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--case", default="")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    suites = [suite for suite in (Suite(*row) for row in SUITES) if options.only in suite.name]
    if any(suite.arguments is not None for suite in suites):
        compile_java()
    started = time.monotonic()

    def run(suite):
        suite.run(options.case)
        print(f"{suite.name} ({suite.client}): {len(suite.results) - len(suite.failed)} passed, "
              f"{len(suite.failed)} failed, {suite.seconds:.0f} s", flush=True)
        if suite.failed:
            print(suite.output, flush=True)
        for case, why in suite.failed:
            print(f"  FAILED {case}: {why}", flush=True)

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(run, suites))
    count = sum(len(suite.results) for suite in suites)
    failed = sum(len(suite.failed) for suite in suites)
    if not options.only and not options.case:
        write_results(suites)
    print(f"{count} cases took {time.monotonic() - started:.0f} s\nconformance: {count - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
