"""The PC's clock is wrong, and is put right: the service's days, weeks and locks go by the venue's. Only the service's wall clock is shifted."""
import pathlib
import subprocess

from link_stage import ACCOUNT, MNQ, LinkStage, buy, closes, elsewhere, eventually, flat, holds, hubs_at, require, sizes

HERE = pathlib.Path(__file__).resolve().parent
RULES = "daily_realized_loss: { limit: 100 }, weekly_loss_limit: { limit: 5000 }, max_trades_per_day: { limit: 3 }"
HOUR = 3600


class ShiftedStage(LinkStage):
    """`shift` says by how many seconds the service's wall clock is wrong; in force within a second."""

    def __init__(self, name, shift=0, **more):
        super().__init__(name, **more)
        library = self.folder / "shifted_clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "shifted_clock.c", "-ldl"], check=True, timeout=120)
        self.shift_file = self.folder / "shift"
        self.shift(shift)
        self.env.update(LD_PRELOAD=str(library), SHIFT_FILE=str(self.shift_file))

    def shift(self, seconds):
        new = self.shift_file.with_suffix(".new")
        new.write_text(str(seconds))
        new.rename(self.shift_file)


def lose(stage, amount):
    """A round trip of two contracts that loses so much."""
    sim, service = stage.sim, stage.service
    at = float(sim.prices[MNQ])
    buy(sim, 2)
    holds(service, 2)
    sim.set_price(MNQ, at - amount / 4)
    sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="sell", size=2)
    holds(service, 0)


def realized(stage):
    return float(stage.service.account()["pnl"]["realized_day"])


def wrong_clock(service):
    return [a for a in service.alarms() if "PC's clock says" in a]


def locks(stage):
    return {l["rule"]: l["until"] for l in stage.service.account()["locks"]}


def B10_started_with_the_clock_hours_ahead():
    with ShiftedStage("ahead", 7 * HOUR, rules=RULES) as stage:
        service = stage.start()
        said = eventually("the wrong clock is an alarm", lambda: wrong_clock(service))[0]
        require("and the venue's" in said and "7 h 0 min ahead" in said, said)
        lose(stage, 200)
        eventually("the day's loss locks", lambda: "daily_realized_loss" in locks(stage))
        until = locks(stage)["daily_realized_loss"]
        stage.shift(0)
        eventually("the alarm is over", lambda: not wrong_clock(service), 150)
        require(realized(stage) < -200, f"realized {realized(stage)}")
        service.kill()
        service = stage.start("locked")
        require(locks(stage) == {"daily_realized_loss": until}, f"locks {locks(stage)}")
        elsewhere(stage.sim, 1)
        eventually("what is bought in the lock is closed", lambda: closes(stage.sim) and flat(stage.sim))


def B10_the_clock_is_set_hours_ahead_during_a_lock_and_back():
    with ShiftedStage("jump", rules=RULES) as stage:
        service = stage.start()
        lose(stage, 200)
        eventually("the day's loss locks", lambda: "daily_realized_loss" in locks(stage))
        before, was = locks(stage), realized(stage)
        stage.shift(7 * HOUR)
        eventually("the wrong clock is an alarm", lambda: wrong_clock(service))
        stage.service.wait_state("locked", 30)
        require(locks(stage) == before and realized(stage) == was, f"after the jump: {locks(stage)}, realized {realized(stage)}")
        stage.shift(0)
        eventually("the alarm is over", lambda: not wrong_clock(service), 150)
        require(locks(stage) == before and realized(stage) == was, f"put right: {locks(stage)}, realized {realized(stage)}")
        require(not service.told("unlock"), f"a lock ended: {service.told('unlock')}")
        elsewhere(stage.sim, 1)
        eventually("what is bought in the lock is closed", lambda: closes(stage.sim) and flat(stage.sim))


def B10_the_clock_is_set_days_ahead_and_back():
    with ShiftedStage("week", rules="weekly_loss_limit: { limit: 300 }") as stage:
        service = stage.start()
        lose(stage, 400)
        eventually("the week's loss locks", lambda: "weekly_loss_limit" in locks(stage))
        before = locks(stage)
        week = service.account()["pnl"]["week"]
        stage.shift(8 * 24 * HOUR)
        eventually("the wrong clock is an alarm", lambda: wrong_clock(service))
        require(locks(stage) == before, f"after the jump: {locks(stage)}")
        stage.shift(0)
        eventually("the alarm is over", lambda: not wrong_clock(service), 150)
        require(locks(stage) == before and service.account()["pnl"]["week"] == week, f"put right: {service.account()['pnl']}, {locks(stage)}")


def B10_without_a_word_from_the_venue_a_day_that_began_too_early_is_taken_back():
    with ShiftedStage("nodate", 7 * HOUR, venue="switches: { date_header: missing }", rules=RULES) as stage:
        service = stage.start()
        stage.shift(0)
        eventually("the day is taken back", lambda: service.told("reset", "the clock was ahead"))
        lose(stage, 200)
        eventually("the day's loss locks", lambda: "daily_realized_loss" in locks(stage))
        require(realized(stage) < -200, f"realized {realized(stage)}")


def by_hand(stage, *arguments):
    """The exit code, and what is said."""
    done = subprocess.run(stage.programs.command("risk-admin", "--socket", stage.service.socket, *map(str, arguments), "--reason", "a drill"), capture_output=True, env=stage.env, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def I7_nothing_by_hand_begins_or_ends_by_a_time_that_nobody_knows():
    with ShiftedStage("by-hand", rules=RULES) as stage:
        service = stage.start()
        buy(stage.sim, 2)
        holds(service, 2)  # so that the venue is read, and heard, every 10 s
        stage.sim.switch(date_header="missing")
        stage.shift(HOUR)
        eventually("the jump is seen", lambda: service.told("service", "jumped ahead by 3"))
        for order in (("reset", ACCOUNT, "daily"), ("lock", ACCOUNT, "--mode", "flat", "--for", "30m")):
            code, said = by_hand(stage, *order)
            require(code == 1 and "the venue has not told the time yet" in said, f"{order}: {code} {said}")
        require(service.told("admin", "a daily reset", "refused: the PC's clock was just changed"), "the refusal is not in the journal")
        stage.sim.switch(date_header="sent")
        eventually("the reset is taken", lambda: by_hand(stage, "reset", ACCOUNT, "daily")[0] == 0, 90)


def L1_after_a_sleep_the_links_are_made_anew_at_once():
    with ShiftedStage("sleep") as stage:
        service = stage.start()
        before = hubs_at(stage.sim)
        stage.sim.do("drop", hub="all", mode="stall")  # open, and silent for good: only their silence would tell, after 20 s
        buy(stage.sim, 2)  # nobody hears of it
        stage.shift(HOUR)  # as after a sleep of an hour
        eventually("both hubs are connected anew", lambda: (now := hubs_at(stage.sim)) and len(now) == 2 and all(now[h] != before[h] for h in now), 12)
        holds(service, 2)
        require(service.told("service", "jumped ahead by 3"), "the jump is not in the journal")


CASES = [B10_started_with_the_clock_hours_ahead, B10_the_clock_is_set_hours_ahead_during_a_lock_and_back, B10_the_clock_is_set_days_ahead_and_back,
         B10_without_a_word_from_the_venue_a_day_that_began_too_early_is_taken_back,
         I7_nothing_by_hand_begins_or_ends_by_a_time_that_nobody_knows, L1_after_a_sleep_the_links_are_made_anew_at_once]
