import asyncio
import random
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from banker.books import cash, earning_history, ledger, people, phase, settlement, ticket, voiding
from banker.books.cash import history
from banker.books.earning_history import PhaseEarning, Totals
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.request import Answer
from banker.books.resettlement import resettle
from banker.books.settlement import Draw
from banker.database import Pool, persist, reading, transaction
from banker.errors import KeyReused, NotFound, Refusal, WrongState
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD_HASH, Cast, asked, close_and_settle, deposit, placed

# Nobody bets on these.
BLANK, OTHER_BLANK = 998, 997


async def open_next(pool: Pool, cast: Cast, name: str = "Dec-01") -> None:
    """Another phase in the place of the cast's."""
    async with transaction(pool) as connection:
        drafted = await phase.create(connection, cast.thida.id, Draft(name=name))
        cast.phase = await phase.open_(connection, drafted.id)


async def correct(pool: Pool, cast: Cast, number: int, phase_id: int | None = None) -> None:
    async with transaction(pool) as connection:
        draw = Draw(number, "the paper", cast.min.id, "misheard")
        await resettle(connection, phase_id or cast.phase.id, draw)


async def pay(
    pool: Pool, cast: Cast, partner: Person, amount: str, key: str | None = None
) -> Answer:
    request = asked(cast.su, "earning", str(partner.id), amount, "earned", key=key)
    return await persist(
        pool, lambda c: cash.pay_earnings(c, request, partner.id, Decimal(amount), "earned")
    )


async def totals(pool: Pool, partner: Person) -> tuple[Decimal, Decimal, Decimal]:
    """Earned, paid and pending."""
    found = await _totals(pool, partner)
    return found.earned, found.paid, found.pending


async def _totals(pool: Pool, partner: Person) -> Totals:
    async with reading(pool) as connection:
        return await earning_history.totals(connection, partner.id)


async def earning(pool: Pool, cast: Cast, partner: Person) -> PhaseEarning:
    async with reading(pool) as connection:
        return await earning_history.read(connection, partner.id, cast.phase.id)


async def held(pool: Pool, person: Person) -> Decimal:
    async with reading(pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id].cash_balance


async def join(pool: Pool, cast: Cast, name: str, role: str, **more: object) -> Person:
    async with transaction(pool) as connection:
        person = await people.add(connection, name, role, PASSWORD_HASH, **more)  # type: ignore[arg-type]
    if role == "collector":
        await deposit(pool, cast, person, "100000.00")
    return person


async def test_a_partner_earns_a_rate_of_their_share_and_is_paid(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000")
    await placed(pool, cast.phase, cast.khin, "445 7000")
    settled = await close_and_settle(pool, cast, BLANK)
    found = (await earning(pool, cast, cast.ko)).counts
    assert (found.share.stakes, found.share.shared_profit, found.share.earned) == (1000, 500, 50)
    assert (found.collector_count, found.ticket_count, found.status) == (1, 1, "pending")
    assert settled.partner_earnings == 50
    assert settled.net_profit == 8000 - 150, "earnings are a field of their own"
    assert await totals(pool, cast.ko) == (50, 0, 50)
    assert await held(pool, cast.ko) == 0, "nothing is paid by the settlement"
    told = msgspec.json.decode((await pay(pool, cast, cast.ko, "50.00")).body)
    assert (told["cash_balance"], await held(pool, cast.ko)) == ("50.00", 50)
    found = (await earning(pool, cast, cast.ko)).counts
    assert (found.status, str(found.transfer_id)) == ("paid", told["transfer_id"])
    assert await totals(pool, cast.ko) == (50, 50, 0)
    async with reading(pool) as connection:
        [paid] = await earning_history.paid_by(connection, int(told["transfer_id"]))
    assert (paid.phase, paid.amount) == ("Nov-16", 50)
    await assert_books_balance(pool)


async def test_a_loss_earns_nothing_and_is_not_carried_over(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await close_and_settle(pool, cast, 137)
    lost = (await earning(pool, cast, cast.ko)).counts
    assert (lost.share.profit, lost.share.shared_profit) == (-39500, -19750)
    assert (lost.share.earned, lost.amount, lost.status) == (0, 0, "nothing")
    with pytest.raises(WrongState, match="Nothing waits"):
        await pay(pool, cast, cast.ko, "1.00")
    await open_next(pool, cast)
    await placed(pool, cast.phase, cast.aung, "444 1000")
    await close_and_settle(pool, cast, BLANK)
    assert await totals(pool, cast.ko) == (50, 0, 50), "the whole of it, whatever was lost before"
    await assert_books_balance(pool)


async def test_each_partner_earns_by_their_own_collectors(pool: Pool, cast: Cast) -> None:
    nu = await join(
        pool, cast, "nu", "partner", commission_rate=Decimal("12.5"),
        share_percentage=Decimal("33.33"),
    )  # fmt: skip
    zaw = await join(pool, cast, "zaw", "collector", partner_id=nu.id)
    await placed(pool, cast.phase, cast.aung, "444 100")
    await placed(pool, cast.phase, zaw, "445 99.99")
    await placed(pool, cast.phase, zaw, "446 0.01")
    await placed(pool, cast.phase, cast.khin, "137 1000")
    await close_and_settle(pool, cast, 137)
    async with reading(pool) as connection:
        found = await earning_history.of_phase(connection, cast.phase.id)
    figures = {one.counts.partner: one.counts for one in found}
    assert set(figures) == {"ko", "nu"}, "khin was brought in by nobody"
    assert figures["ko"].share.earned == 5
    assert (figures["nu"].share.shared_profit, figures["nu"].share.earned) == (
        Decimal("33.33"),
        Decimal("4.17"),
    )
    assert (figures["nu"].collector_count, figures["nu"].ticket_count) == (1, 2)
    await assert_books_balance(pool)


async def test_a_ticket_keeps_the_partner_at_placement(pool: Pool, cast: Cast) -> None:
    nu = await join(
        pool, cast, "nu", "partner", commission_rate=Decimal(20), share_percentage=Decimal(100)
    )
    await placed(pool, cast.phase, cast.aung, "444 1000")
    async with transaction(pool) as connection:
        await people.amend(connection, cast.aung.id, cast.thida.id, partner_id=nu.id)
    await placed(pool, cast.phase, cast.aung, "445 300")
    async with transaction(pool) as connection:
        await people.amend(connection, cast.aung.id, cast.thida.id, partner_id=None)
    await placed(pool, cast.phase, cast.aung, "446 7000")
    await close_and_settle(pool, cast, BLANK)
    assert (await earning(pool, cast, cast.ko)).counts.share.earned == 50
    assert (await earning(pool, cast, nu)).counts.share.earned == 60
    await assert_books_balance(pool)


async def test_the_terms_of_the_first_draw_stay(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000\n137 10")
    await close_and_settle(pool, cast, 137)
    async with transaction(pool) as connection:
        await people.amend(
            connection, cast.ko.id, cast.thida.id,
            share_percentage=Decimal(80), commission_rate=Decimal(20),
        )  # fmt: skip
    await correct(pool, cast, BLANK)
    found = (await earning(pool, cast, cast.ko)).counts
    assert (found.share_percentage, found.commission_rate) == (50, 10)
    assert found.share.earned == Decimal("50.50")
    await open_next(pool, cast)
    await placed(pool, cast.phase, cast.aung, "444 1000")
    await close_and_settle(pool, cast, BLANK)
    assert (await earning(pool, cast, cast.ko)).counts.share.earned == 160
    await assert_books_balance(pool)


async def test_an_unpaid_earning_is_replaced_by_the_next_draw(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000\n137 1")
    await close_and_settle(pool, cast, BLANK)
    await correct(pool, cast, 137)
    found = await earning(pool, cast, cast.ko)
    assert [one.status for one in (found.counts, *found.earlier)] == ["pending", "replaced"]
    assert (found.paid, found.pending) == (0, Decimal("46.05"))
    assert await totals(pool, cast.ko) == (Decimal("46.05"), 0, Decimal("46.05"))
    with pytest.raises(WrongState, match=r"46\.05 by now"):
        await pay(pool, cast, cast.ko, "50.05")
    await pay(pool, cast, cast.ko, "46.05")
    assert await held(pool, cast.ko) == Decimal("46.05")
    await assert_books_balance(pool)


async def test_what_was_paid_too_much_is_taken_off_the_next_earning(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000\n137 10")
    await close_and_settle(pool, cast, BLANK)
    await pay(pool, cast, cast.ko, "50.50")
    await correct(pool, cast, 137)
    wrong = await earning(pool, cast, cast.ko)
    assert [one.status for one in (wrong.counts, *wrong.earlier)] == ["pending", "paid"]
    assert (wrong.counts.amount, wrong.paid) == (Decimal("-40.00"), Decimal("50.50"))
    assert await totals(pool, cast.ko) == (Decimal("10.50"), Decimal("50.50"), -40)
    with pytest.raises(WrongState, match=r"40\.00 more was paid") as refused:
        await pay(pool, cast, cast.ko, "40.00")
    assert refused.value.facts["pending"] == "-40.00"
    assert await held(pool, cast.ko) == Decimal("50.50"), "nothing is taken out of the purse"
    await open_next(pool, cast)
    await placed(pool, cast.phase, cast.aung, "444 2000")
    await close_and_settle(pool, cast, BLANK)
    with pytest.raises(WrongState, match=r"60\.00 by now"):
        await pay(pool, cast, cast.ko, "100.00")
    told = msgspec.json.decode((await pay(pool, cast, cast.ko, "60.00")).body)
    async with reading(pool) as connection:
        paid = await earning_history.paid_by(connection, int(told["transfer_id"]))
    assert [one.amount for one in paid] == [-40, 100]
    assert await totals(pool, cast.ko) == (Decimal("110.50"), Decimal("110.50"), 0)
    assert await held(pool, cast.ko) == Decimal("110.50")
    await assert_books_balance(pool)


async def test_what_was_paid_too_little_waits(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000\n137 10")
    await close_and_settle(pool, cast, 137)
    await pay(pool, cast, cast.ko, "10.50")
    await correct(pool, cast, BLANK)
    more = await earning(pool, cast, cast.ko)
    assert (more.counts.amount, more.paid, more.pending) == (40, Decimal("10.50"), 40)
    await correct(pool, cast, OTHER_BLANK)
    await pay(pool, cast, cast.ko, "40.00")
    await correct(pool, cast, BLANK)
    same = await earning(pool, cast, cast.ko)
    assert (same.counts.status, same.paid, same.pending) == ("nothing", Decimal("50.50"), 0)
    assert await totals(pool, cast.ko) == (Decimal("50.50"), Decimal("50.50"), 0)
    await assert_books_balance(pool)


async def test_asked_by_many_at_once_it_is_paid_once(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000")
    await close_and_settle(pool, cast, BLANK)
    keys = [f"all-at-once-{number % 20}" for number in range(40)]
    answers = await asyncio.gather(
        *(pay(pool, cast, cast.ko, "50.00", key) for key in keys), return_exceptions=True
    )
    paid = [one for one in answers if isinstance(one, Answer)]
    refused = [one for one in answers if isinstance(one, Refusal)]
    assert len(paid) + len(refused) == len(keys)
    assert {one.body for one in paid} == {paid[0].body}, "one transfer, and its repetition"
    assert {one.code for one in refused} <= {"wrong-state", "in-flight"}
    assert await held(pool, cast.ko) == 50
    assert await totals(pool, cast.ko) == (50, 50, 0)
    await assert_books_balance(pool)


async def test_a_key_is_answered_again_and_means_one_thing(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000")
    await close_and_settle(pool, cast, BLANK)
    with pytest.raises(WrongState, match=r"50\.00 by now"):
        await pay(pool, cast, cast.ko, "49.99", "the key")
    first = await pay(pool, cast, cast.ko, "50.00", "the key")
    again = await pay(pool, cast, cast.ko, "50.00", "the key")
    assert (again.replayed, again.body) == (True, first.body)
    with pytest.raises(KeyReused):
        await pay(pool, cast, cast.ko, "51.00", "the key")
    assert await held(pool, cast.ko) == 50
    await assert_books_balance(pool)


async def test_paying_beside_a_resettlement_loses_nothing(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000\n137 10")
    await close_and_settle(pool, cast, BLANK)
    answers = await asyncio.gather(
        *(pay(pool, cast, cast.ko, "50.50") for _ in range(4)),
        correct(pool, cast, 137),
        *(pay(pool, cast, cast.ko, "50.50") for _ in range(4)),
        return_exceptions=True,
    )
    assert all(one is None or isinstance(one, Answer | WrongState) for one in answers), answers
    earned, paid, pending = await totals(pool, cast.ko)
    assert (earned, paid + pending) == (Decimal("10.50"), earned)
    assert paid == await held(pool, cast.ko)
    assert paid in (0, Decimal("50.50")), "before the other draw, or not at all"
    await assert_books_balance(pool)


async def test_only_a_partner_is_paid(pool: Pool, cast: Cast) -> None:
    with pytest.raises(NotFound):
        await pay(pool, cast, cast.min, "1.00")
    for holder in (cast.khin, cast.ko):
        with pytest.raises(WrongState, match="Nothing waits"):
            await pay(pool, cast, holder, "1.00")
    async with reading(pool) as connection:
        for stranger in (cast.khin.id, 999_999):
            with pytest.raises(NotFound):
                await earning_history.totals(connection, stranger)
        with pytest.raises(NotFound):
            await earning_history.read(connection, cast.ko.id, cast.phase.id)
        assert await earning_history.newest(connection, cast.ko.id, 10) == []
    await assert_books_balance(pool)


async def test_a_payment_of_earnings_is_not_undone_at_the_desk(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "444 1000")
    await close_and_settle(pool, cast, BLANK)
    told = msgspec.json.decode((await pay(pool, cast, cast.ko, "50.00")).body)
    transfer_id = int(told["transfer_id"])
    request = asked(cast.su, "reverse", "1")
    with pytest.raises(WrongState, match="settling the phase anew"):
        await persist(pool, lambda c: cash.reverse(c, request, transfer_id, None, "typed wrongly"))
    async with reading(pool) as connection:
        recorded = await history.read(connection, transfer_id)
    assert (recorded.reason, recorded.inward, recorded.left) == ("earning", True, 0)
    assert recorded.shift_id is None, "it is no money of a drawer"
    await assert_books_balance(pool)


async def test_what_is_void_earns_nothing(pool: Pool, cast: Cast) -> None:
    taken = await placed(pool, cast.phase, cast.aung, "444 1000")
    await placed(pool, cast.phase, cast.aung, "445 200")
    async with transaction(pool) as connection:
        await ticket.void(connection, taken.id, cast.thida.id, any_time=True)
    await close_and_settle(pool, cast, BLANK)
    assert (await earning(pool, cast, cast.ko)).counts.share.stakes == 200
    await open_next(pool, cast)
    await placed(pool, cast.phase, cast.aung, "444 1000")
    async with transaction(pool) as connection:
        await voiding.void(connection, cast.phase.id, "the draw was called off", cast.min.id)
    with pytest.raises(NotFound):
        await earning(pool, cast, cast.ko)
    assert await totals(pool, cast.ko) == (10, 0, 10)
    await assert_books_balance(pool)


async def test_the_collectors_parts_add_up(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await people.amend(connection, cast.ko.id, cast.thida.id, share_percentage=Decimal("33.33"))
    joined = [
        await join(pool, cast, f"b{number}", "collector", partner_id=cast.ko.id)
        for number in range(7)
    ]
    brought = [cast.aung, *joined]
    for cents, collector in enumerate(brought, 1):
        await placed(pool, cast.phase, collector, f"444 = {100 + cents / 100:.2f}\n445 = 0.07")
    await placed(pool, cast.phase, brought[3], "137 0.33")
    await close_and_settle(pool, cast, 137)
    found = (await earning(pool, cast, cast.ko)).counts
    async with reading(pool) as connection:
        parts = await earning_history.collectors(connection, found)
    assert [one.username for one in parts] == [one.username for one in brought]
    for name in ("stakes", "payouts", "profit", "shared_stakes", "shared_payouts", "shared_profit"):
        assert sum(getattr(one, name) for one in parts) == getattr(found.share, name), name
    assert [one.ticket_count for one in parts] == [1, 1, 1, 2, 1, 1, 1, 1]
    assert [bool(one.shared_payouts) for one in parts].count(True) == 1
    await assert_books_balance(pool)


async def test_the_phases_of_a_partner_are_paged_and_summed_by_month(
    pool: Pool, cast: Cast
) -> None:
    phase_ids = []
    for number in range(5):
        if number:
            await open_next(pool, cast, f"phase {number}")
        await placed(pool, cast.phase, cast.aung, f"444 {1000 + number}\n137 1")
        await close_and_settle(pool, cast, BLANK)
        phase_ids.append(cast.phase.id)
    await correct(pool, cast, 137, phase_ids[2])
    async with reading(pool) as connection:
        first = await earning_history.newest(connection, cast.ko.id, 3)
        rest = await earning_history.newest(connection, cast.ko.id, 3, phase_ids[2])
        [month] = await earning_history.months(connection, cast.ko.id, 12)
        whole = await earning_history.of_month(connection, cast.ko.id, month.month)
        none = await earning_history.of_month(connection, cast.thida.id, month.month)
        [ko] = await earning_history.partners(connection, 10)
    assert [one.counts.phase_id for one in first] == phase_ids[:1:-1]
    assert [len(one.earlier) for one in first] == [0, 0, 1]
    assert (rest, whole, none) == (whole[3:], first + rest, [])
    earned = sum(one.counts.share.earned for one in whole)
    assert (month.phase_count, month.earned, ko.earned) == (5, earned, earned)
    assert (ko.collector_count, ko.pending) == (1, earned)
    await assert_books_balance(pool)


@pytest.mark.parametrize("seed", range(4))
async def test_random_draws_equal_an_independent_calculation(
    pool: Pool, cast: Cast, seed: int
) -> None:
    chance = random.Random(seed)
    partners = {
        f"p{number}": (chance.randrange(10_001), chance.randrange(10_001)) for number in range(3)
    }
    joined = {
        name: await join(
            pool, cast, name, "partner",
            share_percentage=Decimal(share) / 100, commission_rate=Decimal(rate) / 100,
        )
        for name, (share, rate) in partners.items()
    }  # fmt: skip
    collectors = [
        await join(pool, cast, f"c{number}", "collector", partner_id=joined[name].id)
        for number, name in enumerate([*partners, "p0"])
    ]
    due = dict.fromkeys(partners, 0)
    paid = dict.fromkeys(partners, 0)
    for round_number in range(3):
        if round_number:
            await open_next(pool, cast)
        bets = []
        for _ in range(8):
            place = chance.randrange(len(collectors))
            number, cents = chance.choice((137, 444, 445)), chance.randrange(1, 100_000)
            await placed(pool, cast.phase, collectors[place], f"{number} = {cents / 100:.2f}")
            bets.append((place % 3, number, cents))
        numbers = [chance.choice((137, 444, BLANK)) for _ in range(chance.randrange(1, 4))]
        for turn, drawn in enumerate(numbers):
            if turn:
                await correct(pool, cast, drawn)
            else:
                async with transaction(pool) as connection:
                    await settlement.close(connection, cast.phase.id, cast.min.id)
                async with transaction(pool) as connection:
                    draw = Draw(drawn, "the radio", cast.min.id)
                    await settlement.settle(connection, cast.phase.id, draw)
            earned = {f"p{one}": _earned(bets, one, drawn, partners[f"p{one}"]) for one in range(3)}
            for name, partner in joined.items():
                waits = due[name] + earned[name] - paid[name]
                if waits > 0 and chance.random() < 0.4:
                    await pay(pool, cast, partner, f"{Decimal(waits) / 100:.2f}")
                    paid[name] += waits
                found = await totals(pool, partner)
                assert found[:2] == (
                    Decimal(due[name] + earned[name]) / 100,
                    Decimal(paid[name]) / 100,
                )
                assert await held(pool, partner) == Decimal(paid[name]) / 100
        for name in partners:
            due[name] += earned[name]
    await assert_books_balance(pool)


def _earned(
    bets: list[tuple[int, int, int]], partner: int, drawn: int, terms: tuple[int, int]
) -> int:
    """In cents, straight from the issue's words; Python's `round` goes to the even one."""
    taken = [(number, cents) for whose, number, cents in bets if whose == partner]
    profit = sum(cents for _, cents in taken) - sum(
        80 * cents for number, cents in taken if number == drawn
    )
    shared = round(Fraction(profit * terms[0], 10_000))
    return max(round(Fraction(shared * terms[1], 10_000)), 0)
