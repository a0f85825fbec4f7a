"""Measures the service; where it applies against a floor in the same run: a bare Beast program that reads the same frame and writes the same request.

tools/bench [--json] [NAME…]. The names are those of the entries in the JSON object, and `messages`; without one, all of them are measured.
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench_venue as venue  # noqa: E402
from bench_stage import setting  # noqa: E402
from drive import Failed, Programs  # noqa: E402


def run_program(name, *arguments):
    done = subprocess.run([str(Programs().folder / name), *map(str, arguments)], capture_output=True, timeout=1200)
    if done.returncode != 0:
        raise Failed(f"{name} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return json.loads([line for line in done.stdout.decode().splitlines() if line.startswith("{")][-1])  # between lines of the log


def rules_one_event_ns():
    return run_program("bench-rules", setting("EVENTS", 200_000))


def scale():
    """With all actors; beside it guard and rules alone, without actors."""
    rows = []
    for accounts in [n for n in (10, 100, 1000, 10000) if n <= setting("ACCOUNTS", 10000)]:
        row = run_program("bench-scale", accounts, setting("EVENTS", 2_000_000))  # the median of five such runs, after one to warm up
        alone = run_program("bench-in-process", accounts, setting("EVENTS", 200_000))
        row["in_process"] = {key: alone[key] for key in ("ns_per_event", "kb_per_account")}
        rows.append(row)
        row["times_the_first"] = round(row["cpu_ns_per_event"] / rows[0]["cpu_ns_per_event"], 2)
    return rows


def messages():
    return run_program("bench-hops", setting("EVENTS", 100_000))


def trace_off():
    """What an actor's message costs while nobody traces, against an actor that cannot be traced."""
    return run_program("bench-trace", 10 * setting("EVENTS", 200_000))


# The entries of the JSON object (design.md 6); the others are measured for people, or when they are named.
STABLE = ("wire_to_wire_us", "rules_one_event_ns", "scale", "flatten_us", "flood", "kill_to_guarded_ms", "idle")
MEASURES = {"rules_one_event_ns": rules_one_event_ns, "scale": scale, "messages": messages, "trace_off": trace_off, "path": venue.path, "wire_to_wire_us": venue.wire_to_wire_us, "flatten_us": venue.flatten_us,
            "flood": venue.flood, "kill_to_guarded_ms": venue.kill_to_guarded_ms, "idle": venue.idle}


def lines_of(result):
    """For people: one line per figure, one per row of a list."""
    if isinstance(result, list):
        return ["  ".join(f"{key} {words(value)}" for key, value in row.items()) for row in result]
    return [f"{key:18} {words(value)}" for key, value in result.items()]


def words(value):
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key} {words(inner)}" for key, inner in value.items()) + ")"
    return f"{value:,}".replace(",", " ") if isinstance(value, int) and not isinstance(value, bool) else str(value)


def main():
    arguments = sys.argv[1:]
    as_json = "--json" in arguments
    odd = [a for a in arguments if a.startswith("-") and a != "--json"]
    names = [a for a in arguments if not a.startswith("-")] or list(STABLE if as_json else MEASURES)
    unknown = [n for n in names if n not in MEASURES]
    if odd or unknown:
        print(f"tools/bench: unknown {'option ' + odd[0] if odd else 'measure ' + unknown[0]}; there are: {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    results = {}
    for name in names:
        if not as_json:
            print(f"== {name} …", flush=True)
        try:
            results[name] = MEASURES[name]()
        except Failed as failure:
            print(f"tools/bench: {name}: {failure}", file=sys.stderr)
            return 1
        if not as_json:
            for line in lines_of(results[name]):
                print("   " + line, flush=True)
    if as_json:
        print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
