"""Every switch of the simulator, and every fault it can make, is turned by some scenario with the real service: one that is not shows nothing."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
SIM = TOP / "tools" / "gateway-sim"


def words_between(text, begin, end):
    return re.findall(r'"([^"]+)"', text.split(begin, 1)[1].split(end, 1)[0])


def main():
    scenarios = "\n".join(p.read_text() for p in sorted((TOP / "tests" / "end_to_end").glob("*.py")))
    table = (SIM / "switches.cpp").read_text().split("entries = {", 1)[1].split("};", 1)[0]
    switches = re.findall(r'^\s+(?:choice|flag|duration|number|money|hours)\("(\w+)"', table, re.M)
    faults = words_between((SIM / "faults.cpp").read_text(), "modes = {", "};")
    drops = words_between((SIM / "actions.cpp").read_text(), "drop_modes = {", "};")
    missing = [f"switch {name}" for name in switches if not re.search(rf"\b{name}\b", scenarios)]
    missing += [f"mode {name}" for name in faults + drops if not re.search(rf"[\"'(]{name}[\"')]", scenarios)]
    for name in missing:
        print(f"no scenario of tests/end_to_end turns the {name}")
    print(f"{len(switches)} switches and {len(faults + drops)} modes, {len(missing)} of them not turned")
    return 1 if missing or len(switches) < 50 or len(faults) < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
