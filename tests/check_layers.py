#!/usr/bin/env python3
"""Checks the rules of the house that a compiler does not: who may include what, who may read a clock, where floats may stand.

Use: check_layers.py [--self-test]
Without an argument it checks the rules on bad and good examples first, then on this tree. Last line: N passed, N failed.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

# -- the tables (patterns as in a shell; * also matches /) ----------------------------------------------------------------

TOP_LEVEL = ["meson.build", "meson_options.txt", "subprojects", "actors", "messages", "tests", "etc", "tools", "README.md", "LICENSE*", ".*"]

KNOW_THE_ACTOR_LIBRARY = ["*_actor.[ch]pp", "actors/app.[ch]pp", "messages/protocols.hpp", "messages/caf/*"]

# The edges: the venue's sockets, the local socket, the database.
DO_INPUT_AND_OUTPUT = [
    "*_actor.[ch]pp", "actors/app.[ch]pp", "actors/broker/boost_impl.cpp",
    "actors/broker/projectx/*session*", "actors/broker/projectx/*rest*", "actors/broker/projectx/*port*",
    "actors/broker/projectx/any_stream.hpp", "actors/broker/projectx/dialer.[ch]pp", "actors/broker/projectx/trust_store*",
    "actors/admin/local_socket_*", "actors/admin/local_client_*", "actors/admin/socket_sessions.hpp", "actors/admin/lasting_port.cpp",
    "actors/admin/windows_users.[ch]pp",
    "actors/persistence/store.[ch]pp", "actors/persistence/schema.[ch]pp", "actors/persistence/*rows.[ch]pp",
    "actors/persistence/chain_hash.cpp"]  # the hash is OpenSSL's

# Time enters at the timer, at the broker's edge and where the local socket hears its clients; it travels on in messages. The tap of a
# trace measures how long messages take and decides nothing.
READ_A_CLOCK = [
    "*_actor.[ch]pp", "actors/app.[ch]pp", "tools/*", "tests/*", "actors/timers/wall_clock.cpp",
    "actors/broker/projectx/edge_clock.hpp", "actors/broker/projectx/*session*", "actors/broker/projectx/*rest*",
    "actors/broker/projectx/*port*", "actors/admin/socket_sessions.hpp", "messages/caf/tap.cpp"]

NO_FLOATS = ["actors/account/*", "actors/rules/*", "messages/money*"]

INPUT_OUTPUT_HEADER = re.compile(r"boost/(asio|beast)\b|SQLiteCpp/|sqlite3\.h|openssl/|(sys/(socket|un)|winsock2?|ws2tcpip|windows|netdb)\.h|"
                                 r"(netinet|arpa)/")
CLOCK = re.compile(r"_clock::now\s*\(|(?<![\w.>])(std::)?time\s*\(\s*(nullptr|NULL|0)\s*\)|\b(gettimeofday|clock_gettime|GetSystemTime\w*)\s*\(")
FLOAT = re.compile(r"\b(double|float)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')

# -- the rules: each yields "path:line: what to do" -----------------------------------------------------------------------


def among(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def is_code(path, *folders):
    return path.startswith(folders) and path.endswith((".cpp", ".hpp"))


def without_comments(text):
    """The code with comments and literals blanked, line by line as it was."""
    def blank(match):
        found = match[0]
        if found.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", found)
        return found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]
    return re.sub(r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def code_lines(files, wanted):
    for path, text in files.items():
        if wanted(path):
            for number, line in enumerate(without_comments(text).split("\n"), 1):
                yield path, number, line


def includes(files, wanted):
    for path, text in files.items():
        if wanted(path):
            for number, line in enumerate(text.split("\n"), 1):
                if found := INCLUDE.match(line):
                    yield path, number, found[1]


def top_level(files):
    for entry in sorted({path.split("/")[0] for path in files}):
        if not among(entry, TOP_LEVEL):
            yield f"{entry}: the top level has only {', '.join(TOP_LEVEL)}; put it into one of its folders"


def actor_library(files):
    wanted = lambda path: is_code(path, "actors/", "messages/", "tools/") and not among(path, KNOW_THE_ACTOR_LIBRARY)
    for path, number, header in includes(files, wanted):
        if header.startswith("caf/"):
            yield f"{path}:{number}: includes <{header}>; only *_actor files, actors/app, messages/protocols.hpp and messages/caf/ may"


def logic_without_input_output(files):
    wanted = lambda path: is_code(path, "actors/", "messages/") and not among(path, DO_INPUT_AND_OUTPUT)
    for path, number, header in includes(files, wanted):
        if INPUT_OUTPUT_HEADER.match(header):
            yield f"{path}:{number}: logic includes <{header}>; move the input or output to the shell or to an edge file"


def messages_standard_only(files):
    wanted = lambda path: is_code(path, "messages/") and not path.startswith("messages/caf/") and path != "messages/protocols.hpp"
    for path, number, header in includes(files, wanted):
        if not re.fullmatch(r"[a-z0-9_]+|messages/[\w/]+\.hpp", header):
            yield f"{path}:{number}: messages/ may include only the standard library and messages/…, not {header}"


def no_clock(files):
    wanted = lambda path: is_code(path, "actors/", "messages/") and not among(path, READ_A_CLOCK)
    for path, number, line in code_lines(files, wanted):
        if CLOCK.search(line):
            yield f"{path}:{number}: reads a clock; take the time from the message or as an argument"


def no_floats(files):
    wanted = lambda path: is_code(path, "actors/", "messages/") and among(path, NO_FLOATS)
    for path, number, line in code_lines(files, wanted):
        if FLOAT.search(line) and "// not money:" not in files[path].split("\n")[number - 1]:
            yield f"{path}:{number}: double or float; use rm::money or rm::price, or say on the line `// not money: why`"


RULES = [top_level, actor_library, logic_without_input_output, messages_standard_only, no_clock, no_floats]

# -- the examples: (rule, path, text, is it refused?) ---------------------------------------------------------------------

EXAMPLES = [
    (top_level, "src/main.cpp", "", True),
    (top_level, "CMakeLists.txt", "", True),
    (top_level, "actors/app.cpp", "", False),
    (top_level, ".ci/run", "", False),
    (top_level, "LICENSE", "", False),
    (actor_library, "actors/account/ledger.cpp", "#include <caf/actor.hpp>", True),
    (actor_library, "messages/market.hpp", "int a;\n#  include \"caf/fwd.hpp\"", True),
    (actor_library, "tools/risk-manager/main.cpp", "#include <caf/all.hpp>", True),
    (actor_library, "actors/account/account_actor.cpp", "#include <caf/actor.hpp>", False),
    (actor_library, "actors/app.hpp", "#include <caf/actor.hpp>", False),
    (actor_library, "messages/caf/compat.hpp", "#include <caf/actor.hpp>", False),
    (actor_library, "messages/account.hpp", "// #include <caf/actor.hpp>", False),
    (logic_without_input_output, "actors/broker/rate_budget.cpp", "#include <boost/asio/io_context.hpp>", True),
    (logic_without_input_output, "actors/rules/rule.hpp", "#include <SQLiteCpp/Database.h>", True),
    (logic_without_input_output, "actors/enforcement/plan.cpp", "#include <sys/socket.h>", True),
    (logic_without_input_output, "actors/persistence/vault.cpp", "#include <sqlite3.h>", True),
    (logic_without_input_output, "actors/broker/projectx/signalr.cpp", "#include <boost/beast/core.hpp>", True),
    (logic_without_input_output, "actors/broker/projectx/rest_client.cpp", "#include <boost/beast/http.hpp>", False),
    (logic_without_input_output, "actors/persistence/store.cpp", "#include <SQLiteCpp/Database.h>", False),
    (logic_without_input_output, "actors/broker/projectx/json.cpp", "#include <boost/json.hpp>", False),
    (messages_standard_only, "messages/ids.hpp", "#include <fmt/format.h>", True),
    (messages_standard_only, "messages/ids.hpp", "#include <spdlog.h>", True),
    (messages_standard_only, "messages/ids.hpp", "#include \"actors/rules/rule.hpp\"", True),
    (messages_standard_only, "messages/ids.hpp", "#include <chrono>\n#include \"messages/money.hpp\"", False),
    (no_clock, "actors/timers/timer_wheel.cpp", "auto t = std::chrono::steady_clock::now();", True),
    (no_clock, "messages/timing.cpp", "auto t = system_clock::now ();", True),
    (no_clock, "actors/resets/trading_calendar.cpp", "auto t = std::time(nullptr);", True),
    (no_clock, "actors/timers/timer_actor.cpp", "auto t = std::chrono::system_clock::now();", False),
    (no_clock, "actors/rules/rule.hpp", "// never system_clock::now()\nconst char* s = \"steady_clock::now()\";", False),
    (no_clock, "actors/rules/rule.hpp", "int n = 1'000'000; /* system_clock::now() */ bool at_time(int);", False),
    (no_floats, "actors/account/ledger.cpp", "double pnl = 0;", True),
    (no_floats, "messages/money.hpp", "int a;\n  float f;", True),
    (no_floats, "actors/rules/daily_loss_limit.cpp", "char c = '\"'; double d; // \"", True),
    (no_floats, "actors/rules/rule.hpp", "double fraction = 0; // not money: share of the limit used", False),
    (no_floats, "actors/rules/rule.hpp", "// a double fault\nint redouble;", False),
    (no_floats, "actors/broker/projectx/json.cpp", "double price;", False),
]


def self_test():
    passed = failed = 0
    for rule, path, text, refused in EXAMPLES:
        if bool(list(rule({path: text}))) == refused:
            passed += 1
        else:
            failed += 1
            print(f"check_layers.py itself: {rule.__name__} {'lets pass' if refused else 'refuses'} {path}: {text!r}")
    return passed, failed


def tree(top):
    try:
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                check=True, capture_output=True, timeout=60).stdout.decode().split("\0")
    except (OSError, subprocess.SubprocessError):  # an unpacked archive, not a checkout
        listed = [str(path.relative_to(top)) for folder in ("actors", "messages", "tools") for path in (top / folder).rglob("*")]
    files = {}
    for path in sorted(filter(None, listed)):
        if (top / path).is_file():
            files[path] = (top / path).read_text(errors="replace") if path.endswith((".cpp", ".hpp")) else ""
    return files


def main():
    if sys.argv[1:] not in ([], ["--self-test"]):
        raise SystemExit(__doc__)
    passed, failed = self_test()
    if not sys.argv[1:]:
        top = pathlib.Path(__file__).resolve().parent.parent
        files = tree(top)
        if not any(is_code(path, "messages/") for path in files):
            print(f"check_layers.py: found no sources under {top}")
            failed += 1
        for rule in RULES:
            found = list(rule(files))
            for line in found:
                print(line)
            passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
