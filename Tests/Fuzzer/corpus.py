"""Packs a folder of inputs into one file, and unpacks it. usage: corpus.py pack|unpack <folder> <file>"""

import os
import sys


def unpack(folder, file):
    os.makedirs(folder, exist_ok=True)
    with open(file, "rb") as packed:
        number = 0
        while head := packed.read(4):
            with open(os.path.join(folder, f"{number:05}"), "wb") as one:
                one.write(packed.read(int.from_bytes(head, "big")))
            number += 1


def pack(folder, file):
    inputs = []
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as one:
            inputs.append(one.read())
    with open(file, "wb") as packed:
        for one in sorted(inputs, key=lambda one: (len(one), one)):
            packed.write(len(one).to_bytes(4, "big") + one)


if __name__ == "__main__":
    {"pack": pack, "unpack": unpack}[sys.argv[1]](*sys.argv[2:4])
