"""A SIGKILL at each named point of the real service (actors/kill_point.hpp), then a start of the usual program: the venue's books, the locks,
the counters must come out as in a run that nobody killed, and no position may ever be larger than the trader made it, or turned."""
import collections
import concurrent.futures
import contextlib
import datetime
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, TOP, Failed, Programs, Stage, now_utc, wait_for  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MNQ, MES = "CON.F.US.MNQ.Z26", "CON.F.US.MES.Z26"
AT_ONCE = 3  # stages side by side
SIGKILLED = -9
MONEY_UNITS = 1_000_000  # to the dollar, on disk
PATIENCE = 180  # seconds: three stages at once on a busy machine, and a reading of everything comes only every two minutes
DAYS_END = (12, 40, 120)  # seconds after which the trading day ends; the later ones for a machine that was too slow for the first


def require(truth, what):
    if not truth:
        raise Failed(what)


class TooSlow(Exception):
    """The trading day was over before the scenario had come so far: nothing was tried, and it is played again with more time."""


class WithPoints(Programs):
    """risk-manager is the build that has the points."""

    def command(self, name, *arguments):
        command = super().command(name, *arguments)
        if name == "risk-manager":
            command[-len(arguments) - 1] = str(self.folder.parent / "tests" / "kill_points" / "risk-manager-kill")
        return command


class Trace:
    """Which points a run has passed, one line each; and how often each before and after the stretch in which each passing counts."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkstemp(prefix="rm-kill-trace-")[1])
        self.before = self.after = None

    def passed(self):
        return collections.Counter(self.path.read_text().split())

    def clear(self):
        self.path.write_text("")
        self.before = self.after = None


class Play:
    """One scenario, whose service may die once at the armed point and is then started as the usual program."""

    def __init__(self, name, point, day_ends, trace=None):
        self.point, self.deaths, self.day_ends = point, 0, day_ends.replace(microsecond=0)
        reset = day_ends.strftime("%H:%M:%S")
        env = {"RM_KILL_FREQUENCY": "true" if name == "reduce" else "false"}
        self.stage = Stage(f"kill-{name}", scenario=HERE / "two-contracts.yaml", programs=WithPoints(), config=HERE / "kill_matrix.yaml", reset=reset, extra_env=env)
        self.sim = self.stage.sim
        self.sim.set_price(MES, 5950)
        usual = dict(self.stage.env)
        self.trace = trace
        self.stage.env.update({"RM_KILL_AT": point} if point else {}, **({"RM_KILL_TRACE": str(trace.path)} if trace else {}))
        self.stage.start(state=None)
        self.stage.env = usual
        self.tags = 0

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.stage.__exit__(*what)

    def place(self, side, size, contract=MNQ, type="market", **more):
        self.tags += 1
        return self.sim.do("place", account=ACCOUNT, contract=contract, side=side, size=size, type=type, tag=f"t{self.tags}", **more)

    @contextlib.contextmanager
    def each_passing_counts(self):
        """Within it every passing of a point is one to be killed at."""
        before = self.trace and self.trace.passed()
        yield
        if self.trace:
            self.trace.before, self.trace.after = before, self.trace.passed()

    def row(self):
        return self.stage.service.account()

    def note_death(self):
        """Whether the service has died; only the armed point may have done that, and only once."""
        service = self.stage.service
        if service.running():
            return False
        code = service.process.wait()
        require(self.point and self.deaths == 0 and code == SIGKILLED, f"the service ended with {code}: {service.text()[-500:]}")
        self.deaths += 1
        return True

    def until(self, what, look, today=False):
        """Waits for it, across the death. `today`: it must be so before the trading day ends."""
        def live():
            if self.note_death():
                self.stage.programs = Programs()
                self.stage.start(state=None)
            row = self.row()
            if today and now_utc() >= self.day_ends:
                raise TooSlow(what)
            return look(row)
        try:
            return wait_for(what, live, PATIENCE)
        except Failed as e:
            raise Failed(f"{e} ({self.deaths} kills at {self.point})")

    def flat(self):
        return not self.sim.positions() and not self.sim.live_orders()


def held_by(row):
    return {p["contract"]: p["size"] for p in row["positions"]}


def settled(row):
    return all(e["state"] == "done" for e in row["enforcement"])


def locked(row):
    """On disk: what a lock found cannot be found again when the test has gone on."""
    return row["state"] == "locked" and all(l["durable"] for l in row["locks"])


def kept_peak(play):
    """On disk: nobody can know it any more when the price has gone back."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{play.stage.folder / 'riskmanager.db'}?mode=ro", uri=True, timeout=5)) as database:
            kept = database.execute("SELECT peak_day FROM account_state WHERE account = ?", (ACCOUNT,)).fetchone()
            return kept and kept[0] / MONEY_UNITS
    except sqlite3.Error as e:
        raise Failed(f"the database cannot be read: {e}")


def counted(row, attempts):
    """Exactly so many, whenever it was killed."""
    require([l["attempts"] for l in row["locks"]] == [attempts], f"attempts, wanted {attempts}: {row['locks']}")
    return True


# -- the scenarios --------------------------------------------------------------------------------------------------------


def breach(play):
    """Two contracts, stops, targets and a working entry; the loss limit; two attempts during the lock."""
    sim = play.sim
    play.until("active", lambda row: row["state"] == "active")
    play.place("buy", 3)
    play.place("buy", 1, MES)
    play.place("sell", 3, type="stop", stop_price=19000)
    play.place("sell", 3, type="limit", limit_price=21000)
    play.place("buy", 1, type="limit", limit_price=19500)
    play.until("all of it is seen", lambda row: held_by(row) == {MNQ: 3, MES: 1} and len(row["orders"]) == 3)
    sim.set_price(MNQ, 20130)
    play.until("the peak is seen and kept", lambda row: float(row["pnl"]["peak_day"] or 0) > 20 and kept_peak(play) == float(row["pnl"]["peak_day"]))
    sim.set_price(MNQ, 20000)
    play.until("flat and locked", lambda row: play.flat() and locked(row) and settled(row))
    with play.each_passing_counts():
        play.place("buy", 1, type="limit", limit_price=19000)
        play.until("the attempt by order is undone", lambda row: play.flat() and counted(row, 1) and settled(row))
        play.place("buy", 2)
        play.until("the attempt by fill is undone", lambda row: play.flat() and counted(row, 2) and settled(row))
    return {MNQ: (0, 3), MES: (0, 1)}


def reduce(play):
    """A lock that only lets reduce: what is added is taken away again, a stop that became too large is cut."""
    play.until("active", lambda row: row["state"] == "active")
    play.place("buy", 5)
    play.until("locked", lambda row: locked(row) and held_by(row) == {MNQ: 5})
    play.sim.set_price(MNQ, 20125)
    play.place("sell", 5, type="stop", stop_price=19000)
    play.until("the stop is seen", lambda row: len(row["orders"]) == 1)
    with play.each_passing_counts():
        play.place("buy", 2)
        play.until("what was added is gone", lambda row: play.sim.positions() == {MNQ: 5} and held_by(row) == {MNQ: 5} and counted(row, 1) and settled(row))
        play.place("buy", 1, type="limit", limit_price=19000)
        play.until("what would add is gone", lambda row: len(play.sim.live_orders()) == 1 and len(row["orders"]) == 1 and counted(row, 2) and settled(row))
    play.place("sell", 3)
    play.until("the stop is cut", lambda row: [o["size"] for o in play.sim.live_orders()] == [2] and held_by(row) == {MNQ: 2} and settled(row))
    return {MNQ: (0, 7)}


def reset(play):
    """The day ends while the account is locked."""
    play.until("active", lambda row: row["state"] == "active", today=True)
    play.place("buy", 3)
    play.until("seen", lambda row: held_by(row) == {MNQ: 3}, today=True)
    play.sim.set_price(MNQ, 20000)
    play.until("flat and locked", lambda row: play.flat() and locked(row), today=True)
    play.until("the day has ended", lambda row: row["state"] == "active" and row["locks"] == [] and row["pnl"]["realized_day"] == "0.00")
    play.place("buy", 1)
    play.until("a new day's trade may stay", lambda row: held_by(row) == {MNQ: 1} and play.sim.positions() == {MNQ: 1})
    play.until("one reset of that day", lambda row: sum(e["kind"] == "reset" and "daily" in e["text"] for e in play.stage.service.journal()) == 2)
    return {MNQ: (0, 3)}


SCENARIOS = {"breach": breach, "reduce": reduce, "reset": reset}


# -- what must be the same ------------------------------------------------------------------------------------------------


def books_of(play, row):
    """Everything in which a killed run must not differ."""
    return {
        "venue": (play.sim.positions(), sorted((o["contractId"], o["side"], o["type"], o["size"]) for o in play.sim.live_orders())),
        "money": next(a for a in play.sim.get("/sim/view")["accounts"] if a["id"] == ACCOUNT)["net_pnl"],
        "state": row["state"],
        "locks": [(l["rule"], l["mode"], l["attempts"], l["durable"], l["until_condition"]) for l in row["locks"]],
        "pnl": row["pnl"],
        "held": held_by(row),
        "orders": len(row["orders"]),
        "rules": {r["rule"]: (r["state"], r["used"], r["limit"]) for r in row["rules"]},
        "alarms": row["alarms"],
    }


def check_harm(play, bounds):
    """The venue's own trades in their order: no position was ever outside of what the trader made it."""
    held = {}
    for trade in sorted(play.sim.rows("trades"), key=lambda t: t["id"]):
        contract = trade["contractId"]
        held[contract] = held.get(contract, 0) + trade["size"] * (1 if trade["side"] == 0 else -1)
        low, high = bounds[contract]
        require(low <= held[contract] <= high, f"killed at {play.point}: {contract} was {held[contract]}, wanted {low} to {high}")


def run(name, point=None, expected=None, trace=None):
    """One scenario with one point armed; gives the books, and whether the service was killed."""
    for seconds in DAYS_END if name == "reset" else [6 * 3600]:
        if trace:
            trace.clear()
        try:
            return run_once(name, point, expected, trace, now_utc() + datetime.timedelta(seconds=seconds))
        except TooSlow as e:
            too_slow = e
    raise Failed(f"the day was over each time before: {too_slow}")


def run_once(name, point, expected, trace, day_ends):
    with Play(name, point, day_ends, trace) as play:
        bounds = SCENARIOS[name](play)
        if expected:
            play.until(f"all as in a run that was not; wanted {expected}", lambda row: same(books_of(play, row), expected))
        check_harm(play, bounds)
        # A late passing may be reached, and the service die, after all was compared: only a run that nobody kills is asked once more.
        play.note_death()
        require(play.deaths == 1 or not point or not point.endswith("#1") or is_chance(point[:-2]), f"the point {point} was never passed")
        return None if point else books_of(play, play.row()), play.deaths


def same(books, expected):
    wrong = {key: books[key] for key in expected if books[key] != expected[key]}
    require(not wrong, f"different: {wrong}")
    return True


# -- which points ---------------------------------------------------------------------------------------------------------


def points_in_code():
    found = set()
    for path in (TOP / "actors").rglob("*.cpp"):
        found |= set(re.findall(r'RM_KILL_POINT\("([a-z_.]+)"', path.read_text()))
    return found


def is_chance(point):
    """How often it is passed, if at all, depends on how the news fall and on who looks."""
    return point.startswith("verdict.") and not point.endswith("/breach") or point.endswith(("/quote", "/spec", "/link", "/account", "/snapshot", "/open"))


def turns(name, point, count, counting):
    """At which of its passings the service is killed: the first, one in the middle, the last, and each of those that count."""
    if is_chance(point):
        return [1] if met_here(name, point) else []
    each = set(counting) if not point.startswith("verdict.") else set()  # people who look make such, too
    return sorted(each | ({1, (count + 1) // 2, count} if met_here(name, point) else set()))


def met_here(name, point):
    """The first scenario meets nearly everything; the others add what only they have."""
    kind = point.split("/")[-1]
    if name == "reduce":
        return kind in ("reduce_position", "modify_order") or point.startswith(("case.", "enforce.")) or point == "reading.taken/done"
    if name == "reset":
        return point.startswith(("reset.", "rows.", "commit.")) and kind != "weekly"
    return True


def references():
    """What comes out, and which points are passed, when nobody kills."""
    out = {}
    for name in SCENARIOS:
        trace = Trace()
        try:
            books, _ = run(name, trace=trace)
            passed = trace.passed()
        finally:
            trace.path.unlink()
        before, after = trace.before or passed, trace.after or passed
        out[name] = books, {point: (count, range(before[point] + 1, after[point] + 1)) for point, count in passed.items()}
    return out


def plan_of(found):
    return [(name, f"{point}#{turn}") for name, (_, passed) in found.items() for point in sorted(passed)
            for turn in turns(name, point, *passed[point]) if name != "reset" or turn > 1]


def main():
    if build := os.environ.get("RM_BUILD"):
        built = subprocess.run(["ninja", "-C", build, "tests/kill_points/risk-manager-kill"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if built.returncode != 0:
            print(f"{built.stdout[-3000:]}\nFAILED  the build with kill points\n0 passed, 1 failed")
            return 1
    chosen = sys.argv[1:]
    found = references()
    runs = [tuple(c.split(":", 1)) for c in chosen] or plan_of(found)
    results = {}

    def one(job):
        name, point = job
        try:
            return job, None, run(name, point, found[name][0])[1]
        except Exception as e:  # the others run all the same
            return job, f"{type(e).__name__}: {e}", 0

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for job, error, deaths in pool.map(one, runs):
            results.setdefault(re.split("[/#]", job[1])[0], []).append((job, error, deaths))
    passed = failed = 0
    for place, all_of_it in sorted(results.items()):
        errors = [f"{job[0]}:{job[1]}: {error}" for job, error, _ in all_of_it if error]
        kills = sum(deaths for _, _, deaths in all_of_it)
        if not errors and not kills:
            errors = ["it was never passed"]
        passed, failed = passed + (not errors), failed + bool(errors)
        print(f"{'FAILED ' if errors else 'ok     '} {place}: killed {kills} times in {len(all_of_it)} runs", *errors, sep="\n        ", flush=True)
    if not chosen:
        ours = points_in_code()
        missing = ours - set(results)
        plain = (Programs().folder / "risk-manager").read_bytes()
        for truth, what in ((not missing, f"every point in the code is in the matrix; missing: {sorted(missing)}"), (len(ours) >= 20, "there are at least 20 points"),
                            (b"RM_KILL_AT" not in plain, "the usual program has none of them")):
            passed, failed = passed + truth, failed + (not truth)
            print(f"{'ok     ' if truth else 'FAILED '} {what}", flush=True)
        kills = sum(deaths for of_place in results.values() for _, _, deaths in of_place)
        late = [f"{job[0]}:{job[1]}" for of_place in results.values() for job, error, deaths in of_place if not deaths and not error]
        print(f"{kills} kills in {len(runs)} runs; passed less often than in the run that nobody killed: {' '.join(late) or 'none'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
