"""Kills the broker at random moments, and writes garbage behind its active segments while it is down."""

import os
import random


class Killer:
    def __init__(self, broker, ledger, seed):
        self.broker = broker
        self.ledger = ledger
        self.chance = random.Random(f"{seed} killer")

    def once(self):
        """Waits, kills, soils and starts again. False where the run ended first."""
        if self.ledger.pause(self.chance.choice([0.2, 0.6, 1, 2]) * (0.5 + self.chance.random())):
            return False
        self.broker.kill()
        if self.chance.random() < 0.5:
            self.soil()
        self.broker.start()
        self.ledger.count("kills")
        return True

    def soil(self):
        data = os.path.join(self.broker.folder, "data")
        soiled = 0
        for folder in sorted(os.listdir(data)):
            path = os.path.join(data, folder)
            if not os.path.isdir(path) or self.chance.random() < 0.5:
                continue
            segments = sorted(file for file in os.listdir(path) if file.endswith(".log"))
            if segments:
                with open(os.path.join(path, segments[-1]), "ab") as active:
                    active.write(self.garbage(os.path.join(path, segments[-1])))
                soiled += 1
        self.ledger.count("starts after garbage")
        self.ledger.count("soiled segments", soiled)

    def garbage(self, segment):
        kind = self.chance.randrange(4)
        if kind == 0:
            return self.chance.randbytes(self.chance.randrange(1, 3000))
        if kind == 1:
            return bytes(self.chance.randrange(1, 5000))
        with open(segment, "rb") as whole:
            head = whole.read(4096)
        if kind == 2:  # the beginning of a batch, cut
            return head[:self.chance.randrange(1, 400)]
        soiled = bytearray(head[:300] or b"?")  # a batch that is damaged
        soiled[self.chance.randrange(len(soiled))] ^= 0x55
        return bytes(soiled)
