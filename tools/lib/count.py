#!/usr/bin/env python3
"""Counts test cases: count.py meson LOG.json | count.py lines OUTPUT. Prints "PASSED FAILED".

A doctest program counts its cases, a script that ends with "N passed, N failed" counts those, any other test counts as one.
"""
import json
import re
import sys

DOCTEST = re.compile(r"^\[doctest\] test cases:\s*\d+\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed", re.M)
PLAIN = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed\b", re.M)


def count(text, good):
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.replace("\r", ""))
    found = DOCTEST.findall(text) or PLAIN.findall(text)[-1:]
    passed, failed = sum(int(p) for p, _ in found), sum(int(f) for _, f in found)
    if good and not found:
        passed = 1
    if not good and not failed:  # it crashed, hung or lied
        failed = 1
    return passed, failed


def main():
    kind, path = sys.argv[1:3]
    if kind == "lines":
        print(*count(open(path, errors="replace").read(), len(sys.argv) < 4 or sys.argv[3] == "0"))
        return
    passed = failed = 0
    try:
        with open(path, errors="replace") as log:
            for line in log:
                test = json.loads(line)
                if test["result"] in ("SKIP", "EXPECTEDFAIL"):
                    continue
                p, f = count(test.get("stdout") or "", test["result"] == "OK")
                passed, failed = passed + p, failed + f
    except FileNotFoundError:
        pass
    print(passed, failed)


main()
