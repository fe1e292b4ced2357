"""A broker of this checkout, started as its user starts it, for the clients that we did not write."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("MILLRACE", os.path.join(ROOT, "bin", "millrace"))
START_SECONDS = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """Start, stop (SIGTERM) and kill (SIGKILL) keep the folder and the port, so that a start goes on where it ended."""

    def __init__(self, **overrides):
        self.folder = tempfile.mkdtemp(prefix="millrace-")
        self.address = f"127.0.0.1:{free_port()}"
        self.overrides = {"group.initial.rebalance.delay.ms": "0", **overrides}
        self.lines = []
        self.process = None

    def start(self):
        command = [PROGRAM, "broker", "--listeners", f"PLAINTEXT://{self.address}",
                   "--log-dirs", os.path.join(self.folder, "data")]
        for name, value in self.overrides.items():
            command += ["--override", f"{name}={value}"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        started, said = threading.Event(), threading.Event()
        self.reader = threading.Thread(target=self._read, args=(self.process, started, said), daemon=True)
        self.reader.start()
        if not said.wait(START_SECONDS) or not started.is_set():
            raise AssertionError("the broker did not start:\n" + "".join(self.lines))
        return self

    def _read(self, process, started, said):
        for line in process.stdout:
            self.lines.append(line)
            if re.search(r"\bstarted\b", line, re.IGNORECASE):
                started.set()
                said.set()
        said.set()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.reader.join(5)
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        self.reader.join(5)

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kcat(self, *arguments, input=None, seconds=60):
        done = subprocess.run(["kcat", "-b", self.address, *arguments], input=input, capture_output=True, text=True,
                              timeout=seconds)
        if done.returncode:
            raise AssertionError(f"kcat {arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout
