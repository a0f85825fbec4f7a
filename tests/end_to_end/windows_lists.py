"""What `risk-manager status --check` reads back from a Windows, held against etc/attack-surface.md; and what wine cannot show of it, by name."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools" / "lib"))
from drive import Failed  # noqa: E402

THINGS = ("the service object", "the pipe", "the programs", "the folder of all data", "the configuration", "the secrets", "the database", "the logs")
# Wine 8: a pipe's descriptor is kept whole. A folder's is kept as a Unix mode, so only "others: nothing" comes back as it was given. A service's is not kept.
CLOSED = ("the secrets", "the database")
LOST = {"the service object": "wine keeps no list of a service",
        "the programs": "of a folder's list wine keeps the Unix mode: neither users' right to read, nor the owner, nor that it inherits nothing",
        "the folder of all data": "as of the programs", "the configuration": "as of the programs", "the logs": "as of the programs",
        "the secrets": "wine shows that users have no right, not the owner, nor that it inherits nothing", "the database": "as of the secrets",
        "it is started again after 1 s, 5 s, 60 s when it dies": "wine takes failure actions, and neither keeps nor carries them out"}
OUR_OWN = re.compile(r"S-1-5-21-0-0-0-\d+")  # wine's only user


def listed_in_document():
    inside = "\n".join(re.findall(r"```\n(.*?)```", (TOP / "etc/attack-surface.md").read_text(), re.S))
    return sorted(re.findall(r"(?:O:BAG:SY)?D:\S+", inside))


def look(text):
    """name -> (good, what is there, what must be)."""
    found = {}
    for line in text.splitlines():
        good, name, rest = re.match(r"(ok|WRONG) +([^:]+(?::\\[^:]+)?)(?:: (.*))?$", line.rstrip()).groups()
        differs = re.match(r"is (.*) must be (.*)", rest or "")
        found[name] = (good == "ok", *(differs.groups() if differs else (rest, rest)))
    return found


def lists_are_those_of_the_document(text):
    found = look(text)
    missing = [name for name in THINGS if name not in found]
    if missing:
        raise Failed(f"not looked at: {missing}: {text}")
    wanted = sorted(found[name][2] for name in THINGS)
    if wanted != listed_in_document():
        raise Failed(f"only in one of the program and the document: {set(wanted) ^ set(listed_in_document())}")
    for name, (good, is_there, must_be) in found.items():
        if name in CLOSED:
            who = {ace.split(";")[5] for ace in re.findall(r"\(([^)]*)\)", is_there)}
            others = {sid for sid in who if sid not in ("SY", "BA") and not OUR_OWN.fullmatch(sid)}
            if others or not who:
                raise Failed(f"{name} is open to {others or 'nobody, or everybody'}: {is_there}")
        if good:
            print(f"        read back: {name}{': ' + must_be if must_be else ''}")
        elif name not in LOST and ":\\" not in name:  # a file in one of the folders: the same as of its folder
            raise Failed(f"{name}: is {is_there}, must be {must_be}")
    for name, why in LOST.items():
        if not found[name][0]:
            print(f"        not shown here, a Windows must: {name}: {why}")
