"""What a draw would do, to the cent and to each balance, and nothing of it done."""

from decimal import Decimal

import msgspec

from banker.books import bonus, ledger, payout, resettlement
from banker.books import phase as phases
from banker.books import reckoning as reckonings
from banker.books.ledger import Journal
from banker.books.reckoning import Reckoning
from banker.books.resettlement import Compensation
from banker.books.settlement import Draw
from banker.database import Connection
from banker.errors import WrongState
from banker.rules.money import ZERO
from banker.rules.number import label
from banker.rules.purse import Balance


class Effect(msgspec.Struct, frozen=True):
    """What a draw does to one collector: what comes in, what is taken back, and the balance before
    and after. `debt` is what they would owe of what is taken back."""

    collector_id: int
    username: str
    winning_count: int
    paid: Decimal
    commission: Decimal
    taken_back: Decimal
    debt: Decimal
    before: Balance
    after: Balance


class Rehearsal(msgspec.Struct, frozen=True):
    """What entering a number would pay, and whom it would leave with what, the most paid first.
    `revision` is that of the draw it would be; above 1 it puts the one before right. The number
    that counts already has no effects."""

    revision: int
    reckoning: Reckoning
    effects: tuple[Effect, ...]

    @property
    def debt(self) -> Decimal:
        """What people would owe of what is taken back from them."""
        return sum((one.debt for one in self.effects), ZERO)


async def rehearse(connection: Connection, phase_id: int, number: int) -> Rehearsal:
    """What settling with a number would pay, or settling anew, changing nothing; open phases can be
    rehearsed too. Ask at one moment. Raises `NotFound`, and `WrongState` for a draft or a void."""
    phase = await phases.read(connection, phase_id)
    if phase.state not in ("open", "closed", "settled"):
        raise WrongState(f"A phase that is {phase.state} cannot be rehearsed.")
    reckoning = await reckonings.work_out(connection, phase, number)
    if phase.state == "settled":
        return await _anew(connection, phase_id, reckoning)
    worked = await bonus.due(connection, phase_id, holds=False)
    people = payout.whose(reckoning, worked)
    journal = await ledger.look(connection, people)
    before = {person: journal.balance(person) for person in people}
    payout.enter(journal, phase_id, 0, reckoning, worked)
    return Rehearsal(1, reckoning, _effects(reckoning, journal, before, {}))


async def _anew(connection: Connection, phase_id: int, reckoning: Reckoning) -> Rehearsal:
    settled = await resettlement.check(
        connection, await phases.read(connection, phase_id), reckoning.number
    )
    revision = settled.revision or 1
    if settled.number == label(reckoning.number):
        return Rehearsal(revision, reckoning, ())
    wrong = await payout.paid(connection, phase_id)
    legs = await resettlement.legs_of(connection, phase_id, revision)
    people = {one.collector_id for one in (*reckoning.payouts, *wrong)}
    journal = await ledger.look(connection, people)
    before = {person: journal.balance(person) for person in people}
    payout.enter_payouts(journal, phase_id, 0, reckoning.payouts)
    draw = Draw(reckoning.number, "", 0, "")
    taken, _ = resettlement.take_back(journal, phase_id, draw, wrong, legs)
    taken_back = {one.collector_id: one for one in taken}
    paid_already = msgspec.structs.replace(reckoning, taken=())
    return Rehearsal(revision + 1, reckoning, _effects(paid_already, journal, before, taken_back))


def _effects(
    reckoning: Reckoning,
    journal: Journal,
    before: dict[int, Balance],
    taken_back: dict[int, Compensation],
) -> tuple[Effect, ...]:
    counts: dict[int, int] = {}
    paid: dict[int, Decimal] = {}
    names = {one.collector_id: one.username for one in taken_back.values()}
    for one in reckoning.payouts:
        names[one.collector_id] = one.username
        counts[one.collector_id] = counts.get(one.collector_id, 0) + 1
        paid[one.collector_id] = paid.get(one.collector_id, ZERO) + one.amount
    due = {one.collector_id: one for one in reckoning.commissions}
    # Those too whose bonus turns into cash and who get nothing else.
    names |= {
        one.collector_id: one.username for one in reckoning.taken if one.collector_id in before
    }
    effects = []
    for person, name in names.items():
        taken = taken_back.get(person)
        effects.append(
            Effect(
                collector_id=person,
                username=name,
                winning_count=counts.get(person, 0),
                paid=paid.get(person, ZERO),
                commission=due[person].commission if person in due else ZERO,
                taken_back=taken.amount if taken else ZERO,
                debt=taken.debt if taken else ZERO,
                before=before[person],
                after=journal.balance(person),
            )
        )
    effects.sort(key=lambda one: (-one.debt, -one.paid, -one.commission, one.username))
    return tuple(effects)
