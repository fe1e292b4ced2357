"""Runs the cases of one Python file of this folder and says "ok" or "FAIL" and the case, a line each.

usage: suite.py test_kcat [part of a case's name]
"""

import sys
import traceback
import unittest


def name(test):
    return test.id().rsplit(".", 1)[1].removeprefix("test_").replace("_", " ")


class Lines(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.bad = {}

    def _failed(self, test, error):
        self.bad.setdefault(test.id(), f"{error[0].__name__}: {error[1]}".replace("\n", " "))
        traceback.print_exception(*error)

    def addError(self, test, error):
        super().addError(test, error)
        self._failed(test, error)
        if not isinstance(test, unittest.TestCase):
            print(f"FAIL {test.id()}\t{self.bad[test.id()]}", flush=True)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._failed(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            self._failed(test, error)

    def stopTest(self, test):
        super().stopTest(test)
        why = self.bad.get(test.id())
        print(f"FAIL {name(test)}\t{why}" if why else f"ok {name(test)}", flush=True)


if __name__ == "__main__":
    loader = unittest.TestLoader()
    if len(sys.argv) > 2:
        loader.testNamePatterns = [f"*{sys.argv[2].replace(' ', '_')}*"]
    result = Lines()
    loader.loadTestsFromName(sys.argv[1]).run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
