"""tools/bench with tiny sizes: every program runs, every entry has its keys, unknown names are refused. No figure is judged here."""
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools" / "lib"))
from drive import Failed, run_cases  # noqa: E402

SMALL = {"RM_BENCH_EVENTS": "2000", "RM_BENCH_ACCOUNTS": "10", "RM_BENCH_BREACHES": "5", "RM_BENCH_FLATTENS": "1", "RM_BENCH_CONTRACTS": "5", "RM_BENCH_FLOOD_S": "1",
         "RM_BENCH_KILLS": "1", "RM_BENCH_IDLE_S": "1", "RM_BENCH_WARM": "5", "RM_BENCH_PATHS": "2"}


def require(truth, what):
    if not truth:
        raise Failed(what)


def bench(*arguments):
    return subprocess.run([sys.executable, str(TOP / "tools" / "lib" / "bench.py"), *arguments], capture_output=True, env={**os.environ, **SMALL}, timeout=240, text=True)


def measured(*names):
    done = bench("--json", *names)
    require(done.returncode == 0, f"it ended with {done.returncode}: {done.stderr[-600:]}")
    return json.loads(done.stdout)


def has_spread(entry, *more):
    require(all(key in entry for key in ("median", "p99", "max", *more)), f"keys are missing in {entry}")


def every_entry_has_its_keys():
    found = measured()
    promised = {"wire_to_wire_us", "rules_one_event_ns", "scale", "flatten_us", "flood", "kill_to_guarded_ms", "idle"}
    require(set(found) == promised, f"the object has other entries than promised: {sorted(set(found) ^ promised)}")
    has_spread(found["rules_one_event_ns"], "allocations")
    require(found["rules_one_event_ns"]["allocations"] == 0, "a rule takes memory on a quiet mark")
    require([sorted({"accounts", "events_per_s", "ns_per_event", "rss_mb"} - set(row)) for row in found["scale"]] == [[]], f"scale: {found['scale']}")
    has_spread(found["wire_to_wire_us"], "bare", "ratio_median", "ratio_p99")
    has_spread(found["wire_to_wire_us"]["bare"])
    require([row["contracts"] for row in found["flatten_us"]] == [1, 5], f"flatten_us: {found['flatten_us']}")
    for row in found["flatten_us"]:
        has_spread(row, "first", "last")
        has_spread(row["first"])
        has_spread(row["last"])
    require(found["flood"]["events"] > 0 and found["flood"]["lost"] == 0 and found["flood"]["books_agree"], f"flood: {found['flood']}")
    has_spread(found["flood"]["latency_us"])
    has_spread(found["kill_to_guarded_ms"])
    require(all(key in found["idle"] for key in ("rss_mb", "cpu_percent", "wakeups_per_s")), f"idle: {found['idle']}")


def named_ones_are_measured_alone():
    found = measured("messages", "trace_off")
    require(set(found) == {"messages", "trace_off"} and found["messages"]["messages_per_s"] > 0, f"messages: {found}")
    require(found["trace_off"]["ratio_median"] > 0 and found["trace_off"]["ns_without_the_branch"] > 0, f"trace_off: {found}")


def nobody_is_woken_between_the_event_and_its_request():
    """Two system calls: is the connection still open, and the write. The rest is counted, but no figure of it is judged."""
    if os.environ.get("RM_BUILD", "").endswith("asan"):
        return  # what a sanitizer does in between is not the service's
    found = measured("path")["path"]
    require("not_counted" in found or found["system_calls"] == 2 and found["code_lines"] > 100, f"path: {found}")


def unknown_names_are_refused():
    for wrong in (("speed",), ("--fast",), ("--json", "idle", "rules")):
        done = bench(*wrong)
        require(done.returncode == 2 and "there are: rules_one_event_ns" in done.stderr, f"{wrong}: {done.returncode} {done.stderr}")


def for_people_it_is_lines():
    done = bench("scale", "rules_one_event_ns")
    require(done.returncode == 0 and "== scale" in done.stdout and "ns_per_event" in done.stdout, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(run_cases([unknown_names_are_refused, for_people_it_is_lines, named_ones_are_measured_alone, nobody_is_woken_between_the_event_and_its_request, every_entry_has_its_keys]))
