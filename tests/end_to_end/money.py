"""Our realized P&L moves as the account's balance moves (I5), also where the venue's lists lack commissions, and over a SIGKILL."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"))
from drive import ACCOUNT, Failed, Stage, run_cases, wait_for  # noqa: E402

MNQ, ES = "CON.F.US.MNQ.Z26", "CON.F.US.EP.Z26"
MARKET = """login: { user_name: demo, api_key: demo-key-0001 }
accounts: [{ id: 126244, name: PRAC-V2-126244, balance: 50000 }]
contracts: [{ root: MNQ, month: Z6, price: 20000 }, { root: ES, month: Z6, price: 5950 }]
switches: { rest_commissions: false }
start: subscribed
"""


def require(truth, what):
    if not truth:
        raise Failed(what)


def cents(text):
    return round(float(text) * 100)


class Bank(Stage):
    """A stage with two contracts, whose venue lists no commissions."""

    def __init__(self, name):
        market = pathlib.Path(__import__("tempfile").mkdtemp(prefix="rm-money-")) / "market.yaml"
        market.write_text(MARKET)
        super().__init__(name, scenario=market)
        self.sim.set_price(MNQ, 20000)
        self.sim.set_price(ES, 5950)

    def trade(self, contract, side, size):
        self.sim.do("place", account=ACCOUNT, contract=contract, type="market", side=side, size=size)

    def moved(self):
        """What the venue's balance has moved by since the morning, in cents."""
        row = next(a for a in self.sim.rows("accounts") if a["id"] == ACCOUNT)
        return cents(row["balance"]) - cents(row["start_balance"])

    def realized(self):
        value = self.service.account()["pnl"]["realized_day"]
        return None if value is None else cents(value)

    def journal(self, kind):
        return [e["text"] for e in self.service.journal() if e["kind"] == kind]


def realized_moves_as_the_balance_moves_commissions_or_not():
    with Bank("money") as stage:
        stage.start()
        wait_for("the balance is known", lambda: any("held against the trades" in t for t in stage.journal("account")), 40)
        # The stream tells commissions: to the cent at once.
        stage.trade(MNQ, "buy", 2)
        stage.trade(MNQ, "sell", 2)
        wait_for("two half-turns, to the cent", lambda: stage.moved() != 0 and stage.realized() == stage.moved())
        # While nobody listens, in a contract whose commissions nobody has seen: only the balance knows of them.
        stage.service.kill()
        stage.trade(ES, "buy", 3)
        stage.trade(ES, "sell", 3)
        stage.start()
        wait_for("what the lists lack is booked", lambda: stage.realized() == stage.moved(), 60)
        booked = stage.journal("adjustment")
        require(len(booked) == 1 and "commissions that the venue has not told" in booked[0], f"the journal says {booked}")
        alarms = [a["what"] for a in stage.service.account()["alarms"] if "balance" in a["what"]]
        require(len(alarms) == 1 and f"{(5000000 + stage.moved()) / 100:.2f}" in alarms[0], f"no alarm with both figures: {alarms}")
        # It is there after another death, once.
        stage.service.kill()
        stage.start()
        wait_for("still to the cent", lambda: stage.realized() == stage.moved())
        # And people can read it, as text and as JSON.
        text = subprocess.run(stage.programs.command("risk-admin", "--socket", stage.service.socket, "journal", "--limit", "10000"), capture_output=True, env=stage.service.env, timeout=60).stdout.decode()
        require(sum("adjustment" in line for line in text.splitlines()) == 1, "risk-admin journal shows no line of text for it")
        require(len(stage.journal("adjustment")) == 1, "it was booked again")


def money_that_is_paid_out_is_said_and_is_no_loss():
    with Bank("payout") as stage:
        stage.start()
        wait_for("the balance is known", lambda: any("held against the trades" in t for t in stage.journal("account")), 40)
        stage.sim.do("account", account=ACCOUNT, balance=48000)
        wait_for("said, with both figures", lambda: any("48000.00" in a["what"] and "50000.00" in a["what"] for a in stage.service.account()["alarms"]), 60)
        row = stage.service.account()
        require(row["state"] == "active" and cents(row["pnl"]["realized_day"]) == 0 and not row["locks"], f"taken for a loss: {row['state']} {row['pnl']}")


if __name__ == "__main__":
    sys.exit(run_cases([realized_moves_as_the_balance_moves_commissions_or_not, money_that_is_paid_out_is_said_and_is_no_loss]))
