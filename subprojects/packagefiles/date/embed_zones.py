#!/usr/bin/env python3
"""Writes date's tz.cpp again with the IANA time zone data inside it, so that a program needs no zone files beside it.

Use: embed_zones.py tz.cpp ZONEINFO_FOLDER OUTPUT. The data is the folder's tzdata.zi, IANA's short form; date reads
only the long one, so the keywords, months and weekdays are spelled out again. The names of Windows' own zones are left
out: current_zone() does not work there, locate_zone("America/New_York") does.
"""
import pathlib
import re
import sys

MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
YEARS = "minimum maximum only".split()


def spell(word, names, length):
    """The one name that `word` shortens, cut to `length` letters."""
    found = [name for name in names if name.lower().startswith(word.lower())]
    if len(found) != 1:
        raise SystemExit(f"embed_zones.py: {word!r} is not one of {names}")
    return found[0][:length]


def year(word):
    return word if re.fullmatch(r"-?\d+", word) else spell(word, YEARS, 4 if word[0] == "o" else 3)


def day(word):
    if word.isdigit():
        return word
    last = re.fullmatch(r"last([A-Za-z]+)", word, re.I)
    if last:
        return "last" + spell(last[1], DAYS, 3)
    name, comparison, number = re.fullmatch(r"([A-Za-z]+)([<>]=)(\d+)", word).groups()
    return spell(name, DAYS, 3) + comparison + number


def until(words):
    """[year [month [day [time]]]] of a zone line."""
    return [f(w) for f, w in zip([str, lambda w: spell(w, MONTHS, 3), day, str], words)]


def long_form(text):
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "R":
            _, name, first, last, kind, month, on, at, save, letter = words
            yield "\t".join(["Rule", name, year(first), year(last), kind, spell(month, MONTHS, 3), day(on), at, save, letter])
        elif words[0] == "Z":
            yield "\t".join(["Zone", *words[1:5], *until(words[5:])])
        elif words[0] == "L":
            yield "\t".join(["Link", *words[1:]])
        else:
            yield "\t" + "\t".join(["\t", *words[:3], *until(words[3:])])


def replace_once(text, old, new):
    if text.count(old) != 1:
        raise SystemExit(f"embed_zones.py: tz.cpp is not the one this script knows: {old!r} occurs {text.count(old)} times")
    return text.replace(old, new)


def main():
    source, folder, output = map(pathlib.Path, sys.argv[1:4])
    data = (folder / "tzdata.zi").read_text()
    version = re.search(r"^# version (\S+)", data, re.M)[1]
    lines = list(long_form(data))
    leaps = folder / "leapseconds"
    if leaps.exists():
        lines += [line for line in leaps.read_text().splitlines() if line.startswith("Leap")]

    code = source.read_text()
    code = replace_once(code, '    std::ifstream infile(path + "version");', f'    if (path.size() < path.max_size()) return "{version}";\n'
                        '    std::ifstream infile(path + "version");')
    code = replace_once(code, "#else  // !AUTO_DOWNLOAD\n    if (!file_exists(install))", "#else  // !AUTO_DOWNLOAD\n    if (false)")
    code = replace_once(code, "std::ifstream infile(path + filename);",
                        'std::istringstream infile(filename == files[0] ? embedded_zones : "");')
    code = replace_once(code, "    db->mappings = load_timezone_mappings_from_xml_file(mapping_file);\n", "")
    strings = "\n".join('"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '\\n"' for line in lines)
    output.write_text(f"static const char embedded_zones[] =\n{strings};\n\n{code}")


main()
