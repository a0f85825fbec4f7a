"""The main job with the real programs: breach, flatten, lock, restart. Judged by the simulator's own books."""
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, Failed, Stage, run_cases, wait_for  # noqa: E402

MNQ = "CON.F.US.MNQ.Z26"
CLOSES = ("/Position/closeContract", "/Position/partialCloseContract")


def require(truth, what):
    if not truth:
        raise Failed(what)


def buy(sim, size=2, **more):
    return sim.do("place", **{"account": ACCOUNT, "contract": MNQ, "type": "market", "side": "buy", "size": size, **more})


def flat(sim):
    return not sim.positions() and not sim.live_orders()


def fall_beyond_the_limit(sim):
    for price in (20100, 20000, 19900, 19875, 19860):
        sim.do("price", contract=MNQ, price=price)


def closes(sim):
    return [r for r in sim.requests() if r["path"].endswith(CLOSES)]


def I1_a_breach_ends_flat_and_locked():
    with Stage("i1") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim)
        sim.do("place", account=ACCOUNT, contract=MNQ, type="stop", side="sell", size=2, stop_price=19000, tag="stop-1")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19500, tag="rest-1")
        wait_for("the service sees all of it", lambda: len(service.account()["orders"]) == 2 and len(service.account()["positions"]) == 1)
        fall_beyond_the_limit(sim)
        wait_for("flat, no order left", lambda: flat(sim))
        row = service.wait_state("locked")
        require(len(closes(sim)) == 1, f"one close was to be sent, there were {len(closes(sim))}")
        require(row["locks"][0]["rule"] == "daily_loss_limit" and row["locks"][0]["mode"] == "flat", f"wrong lock: {row['locks']}")
        wait_for("the case is done and confirmed", lambda: service.account()["enforcement"][-1]["state"] == "done")
        # I5: our realized P&L moves as the venue's balance moves, to the cent
        view = sim.get("/sim/view")
        net = next(a for a in view["accounts"] if a["id"] == ACCOUNT)["net_pnl"]
        ours = service.account()["pnl"]["realized_day"]
        require(abs(float(net) - float(ours)) < 0.005, f"realized: the venue says {net}, we say {ours}")
        wait_for("the journal tells the story", lambda: {"fill", "verdict", "lock", "request", "answer", "case"} <= {e["kind"] for e in service.journal()})


def I2_a_lock_is_guarded_against_every_kind_of_order():
    with Stage("i2") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim)
        fall_beyond_the_limit(sim)
        wait_for("flat", lambda: flat(sim))
        service.wait_state("locked")
        tries = [dict(type="market", side="buy", size=1), dict(type="limit", side="buy", size=1, limit_price=19000),
                 dict(type="stop", side="sell", size=3, stop_price=18500), dict(type="market", side="sell", size=2),
                 dict(type="limit", side="sell", size=1, limit_price=21000, stop_loss_ticks=20, take_profit_ticks=-20)]
        for i, order in enumerate(tries, 1):
            sim.do("place", account=ACCOUNT, contract=MNQ, tag=f"try-{i}", **order)
            wait_for(f"try {i} is undone", lambda: flat(sim))
            wait_for(f"try {i} is counted once", lambda: service.account()["locks"][0]["attempts"] == i)
        sim.do("foreign_fill", account=ACCOUNT, contract=MNQ, side="buy", size=2)
        before = len(closes(sim))
        wait_for("a fill from another device is closed", lambda: len(closes(sim)) > before or flat(sim))
        wait_for("flat after it", lambda: flat(sim) and len(closes(sim)) >= 3)


def I6_killed_while_enforcing_it_ends_flat_and_locked_all_the_same():
    seed = int(os.environ.get("RM_SEED", time.time_ns() % 10**6))
    chance = random.Random(seed)
    print(f"seed {seed} (RM_SEED repeats it)")
    for turn in range(3):
        with Stage(f"i6-{turn}") as stage:
            sim, service = stage.sim, stage.start()
            buy(sim, 3)
            sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=1, limit_price=19500, tag="rest-1")
            wait_for("the service sees it", lambda: len(service.account()["orders"]) == 1 and len(service.account()["positions"]) == 1)
            for price in (20000, 19950):
                sim.do("price", contract=MNQ, price=price)
            time.sleep(chance.uniform(0, 0.01))  # the moment of the kill is the point of this test
            service.kill()
            sim.do("price", contract=MNQ, price=19940)
            service = stage.start("locked")
            wait_for("flat after the restart", lambda: flat(sim))
            require(not any(v < 0 for v in sim.positions().values()), "the position was turned")
            require(service.account()["locks"][0]["rule"] == "daily_loss_limit", "not locked by the loss limit")


def max_contracts_reduces_to_the_limit_and_cancels_what_would_exceed_it():
    with Stage("maxc") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 4)
        wait_for("4 are held", lambda: sim.positions() == {MNQ: 4})
        sim.do("place", account=ACCOUNT, contract=MNQ, type="limit", side="buy", size=2, limit_price=19000, tag="too-many")
        wait_for("the order that would make it 6 is cancelled", lambda: not sim.live_orders())
        require(sim.positions() == {MNQ: 4}, "the position must stay")
        sim.do("foreign_fill", account=ACCOUNT, contract=MNQ, side="buy", size=3)
        wait_for("7 are reduced to 5", lambda: sim.positions() == {MNQ: 5})
        require(service.wait_state("active")["locks"] == [], "max_contracts does not lock")


def trade_frequency_locks_for_the_interval_and_frees_by_itself():
    config = pathlib.Path(__file__).with_name("frequency.yaml")
    with Stage("freq", config=config) as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 1)
        row = service.wait_state("locked")
        require(row["locks"][0]["mode"] == "reduce_only", f"wrong mode {row['locks']}")
        sim.do("place", account=ACCOUNT, contract=MNQ, type="stop", side="sell", size=1, stop_price=19000, tag="stop-1")
        buy(sim, 1)
        wait_for("the second entry is reduced away", lambda: sim.positions() == {MNQ: 1} and service.account()["locks"][0]["attempts"] == 1)
        require([o["type"] for o in sim.live_orders()] == [4], "the stop must stay")
        service.wait_state("active", 30)
        require(sim.positions() == {MNQ: 1}, "the allowed trade must stay")


def daily_profit_target_locks_what_was_won():
    with Stage("target") as stage:
        sim, service = stage.sim, stage.start()
        sim.do("place", account=ACCOUNT, contract=MNQ, type="market", side="sell", size=2, tag="short-1")
        wait_for("seen", lambda: [p["size"] for p in service.account()["positions"]] == [-2])
        for price in (20000, 19900, 19870, 19860):
            sim.do("price", contract=MNQ, price=price)
        wait_for("flat", lambda: flat(sim))
        require(service.wait_state("locked")["locks"][0]["rule"] == "daily_profit_target", "wrong lock")


def the_link_breaks_and_comes_back_with_everything_read_again():
    with Stage("link") as stage:
        sim, service = stage.sim, stage.start()
        buy(sim, 1)
        wait_for("seen", lambda: [p["size"] for p in service.account()["positions"]] == [1])
        sim.do("drop", hub="user", mode="cut")
        buy(sim, 1)  # in the gap or just after it
        service.wait_state("active", 40)
        wait_for("what the gap hid is known", lambda: [p["size"] for p in service.account()["positions"]] == [2])
        require(any(e["kind"] == "link" and "blind" in e["text"] for e in service.journal()), "the gap is not in the journal")


def no_secret_in_any_file_or_output():
    with Stage("secret") as stage:
        service = stage.start()
        service.stop()
        for path in stage.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                require(b"demo-key-0001" not in content, f"the API key stands in {path.name}")
                require(b"Bearer ey" not in content and b"access_token=ey" not in content, f"a token stands in {path.name}")


CASES = [I1_a_breach_ends_flat_and_locked, I2_a_lock_is_guarded_against_every_kind_of_order,
         I6_killed_while_enforcing_it_ends_flat_and_locked_all_the_same, max_contracts_reduces_to_the_limit_and_cancels_what_would_exceed_it,
         trade_frequency_locks_for_the_interval_and_frees_by_itself, daily_profit_target_locks_what_was_won,
         the_link_breaks_and_comes_back_with_everything_read_again, no_secret_in_any_file_or_output]

if __name__ == "__main__":
    sys.exit(run_cases(CASES))
