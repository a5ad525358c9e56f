"""A statement in words: what came of the phase, who owes whom, and what each movement is called."""

from decimal import Decimal

from banker.books.statement import Statement, What
from banker.rules.money import rate
from banker.web.rendering import shown

MOVED: dict[What, str] = {
    "stakes": "Stakes",
    "void stakes": "Stakes of void slips",
    "given back": "Given back for void slips",
    "winnings": "Winnings",
    "commission": "Commission",
    "earlier winnings": "Winnings by a wrong draw",
    "taken back": "Taken back of a wrong draw",
    "bonus worked off": "Bonus that became cash",
}


def outcome(statement: Statement) -> str:
    """What the phase was to the collector, in a sentence; what is not known before the draw is said
    to be so."""
    sums, name = statement.sums, statement.username
    if statement.phase.state == "void":
        return (
            f"The phase is void: {shown(sums.returned)} of stakes went back, "
            "and no commission is earned. Nobody owes anything for it."
        )
    if sums.result is None:
        return (
            f"{shown(sums.total_in)} is staked and out of the purses. Winnings are not known "
            f"before the draw; {shown(sums.commission)} of commission is due at the settlement."
        )
    booked = "Stakes left the purses with the slips; winnings and commission are in the balance."
    if not sums.result:
        return f"{name} comes out even. {booked}"
    way = "ahead" if sums.result > 0 else "behind"
    return f"{name} comes out {shown(abs(sums.result))} {way}. {booked}"


def owed(statement: Statement) -> list[str]:
    """Who owes whom what now, a sentence each; the last takes them together where they go both
    ways."""
    open_, name = statement.owed, statement.username
    said = []
    if open_.cash:
        said.append(f"The house owes {name} {shown(open_.cash)}: cash, to be paid out at the desk.")
    if open_.credit:
        said.append(f"{name} owes the house {shown(open_.credit)}: credit that is drawn.")
    if open_.debt:
        said.append(
            f"{name} owes the house {shown(open_.debt)}: a debt, "
            "since money that was taken back was gone."
        )
    if not said:
        return [f"The house and {name} owe each other nothing."]
    if len(said) > 1:
        said.append(_net(name, open_.net))
    return said


def rates(statement: Statement) -> str:
    """The rates of the commission as they stand on the slips; empty where no slip stands."""
    return " and ".join(f"{rate(one.rate)} %" for one in statement.rates)


def _net(name: str, net: Decimal) -> str:
    if not net:
        return "Together that is nothing."
    if net > 0:
        return f"Together the house owes {name} {shown(net)}."
    return f"Together {name} owes the house {shown(-net)}."
