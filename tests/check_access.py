#!/usr/bin/env python3
"""The access lists in the program are those that etc/attack-surface.md explains, and no list gives users more than it may."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tools" / "lib"))
from drive import Failed, run_cases  # noqa: E402

LISTS = dict(re.findall(r'constexpr char (\w+)\[\] = "([^"]+)";', (TOP / "actors/admin/windows_access.hpp").read_text()))
TEXT = (TOP / "etc/attack-surface.md").read_text()
NAMES = {"service_object", "pipe", "program_folder", "root_folder", "config_folder", "secrets_folder", "data_folder", "logs_folder"}
OTHERS = ("BU", "IU", "SU")
READ = {"0x1200a9", "0x12019b", "CCLCSWLORC"}  # read and run; read and write a pipe; query a service


def the_document_has_every_list_and_no_other():
    if set(LISTS) != NAMES:
        raise Failed(f"lists in the program: {sorted(LISTS)}")
    inside = "\n".join(re.findall(r"```\n(.*?)```", TEXT, re.S))
    written = sorted(re.findall(r"(?:O:BAG:SY)?D:\S+", inside))
    if written != sorted(LISTS.values()):
        raise Failed(f"only in one of the two: {set(written) ^ set(LISTS.values())}")


def each_folder_is_named_with_its_own_list():
    for name, folder in {"program_folder": "RiskManagerV34", "config_folder": "config", "secrets_folder": "secrets", "data_folder": "data", "logs_folder": "logs"}.items():
        if not re.search(r"\\" + folder + r" +" + re.escape(LISTS[name]) + "$", TEXT, re.M):
            raise Failed(f"{name} is not what stands beside \\{folder}")


def nobody_but_the_system_and_administrators_may_change_anything():
    for name, text in LISTS.items():
        aces = [ace.split(";") for ace in re.findall(r"\(([^)]*)\)", text)]
        for kind, _, rights, _, _, who in aces:
            if kind != "A" or who not in (*OTHERS, "SY", "BA") or who in OTHERS and rights not in READ:
                raise Failed(f"{name}: {who} has {rights}")
        if name in ("secrets_folder", "data_folder") and any(ace[5] in OTHERS for ace in aces):
            raise Failed(f"{name} is open to others")
        if name.endswith("_folder") and not text.startswith("O:BAG:SYD:PAI"):
            raise Failed(f"{name} inherits, or belongs to somebody else")


if __name__ == "__main__":
    sys.exit(run_cases([the_document_has_every_list_and_no_other, each_folder_is_named_with_its_own_list, nobody_but_the_system_and_administrators_may_change_anything]))
