"""kcat (librdkafka) produces to and consumes from our broker."""

import json
import unittest

from broker import Broker


class Kcat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker().start()

    @classmethod
    def tearDownClass(cls):
        code = cls.broker.stop()
        cls.broker.remove()
        assert code == 0, f"the broker ended with {code} on SIGTERM:\n" + "".join(cls.broker.lines)

    def test_lists_metadata(self):
        listing = json.loads(self.broker.kcat("-L", "-J"))
        self.assertEqual([b["name"] for b in listing["brokers"]], [self.broker.address])

    def test_every_codec_there_and_back(self):
        for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
            with self.subTest(codec=codec):
                lines = "".join(f"key-{n}:value {n} {'x' * (n % 50)}\n" for n in range(2000))
                self.broker.kcat("-P", "-t", f"codec-{codec}", "-K", ":", "-z", codec, input=lines)
                got = self.broker.kcat("-C", "-t", f"codec-{codec}", "-o", "beginning", "-e", "-f", "%k:%s\n")
                self.assertEqual(sorted(got.splitlines()), sorted(lines.splitlines()))

    def test_headers_null_key_and_tombstone(self):
        self.broker.kcat("-P", "-t", "shapes", "-H", "h=1", "-H", "e=", input="plain\n")
        self.broker.kcat("-P", "-t", "shapes", "-K", ":", "-Z", input="gone:\n")
        got = self.broker.kcat("-C", "-t", "shapes", "-o", "beginning", "-e", "-J")
        records = [json.loads(line) for line in got.splitlines()]
        self.assertEqual([(r["key"], r["payload"]) for r in records], [(None, "plain"), ("gone", None)])
        self.assertEqual(records[0]["headers"], ["h", "1", "e", ""])

    def test_consumes_by_offset_and_from_the_tail(self):
        self.broker.kcat("-P", "-t", "tail", input="".join(f"{n}\n" for n in range(100)))
        self.assertEqual(self.broker.kcat("-C", "-t", "tail", "-p", "0", "-o", "97", "-e").split(), ["97", "98", "99"])
        self.assertEqual(self.broker.kcat("-C", "-t", "tail", "-p", "0", "-o", "-2", "-e").split(), ["98", "99"])

    def test_a_group_resumes_where_it_was(self):
        self.broker.kcat("-P", "-t", "grouped", input="a\nb\nc\n")
        options = ["-X", "auto.offset.reset=earliest", "-G", "kcat-group"]
        first = self.broker.kcat("-c", "2", *options, "grouped")
        second = self.broker.kcat("-c", "1", *options, "grouped")
        self.assertEqual((first.split(), second.split()), (["a", "b"], ["c"]))

    def test_offsets_by_time(self):
        self.broker.kcat("-P", "-t", "timed", input="a\nb\n")
        answer = self.broker.kcat("-Q", "-t", "timed:0:0")
        self.assertRegex(answer, r"timed \[0\] offset 0")


if __name__ == "__main__":
    unittest.main()
