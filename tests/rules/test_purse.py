from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules.purse import (
    Balance,
    Entries,
    NotEnough,
    Purse,
    available,
    balance,
    draw,
    give_back,
    pay,
)


def purses(cash: str, bonus: str, credit: str, limit: str = "0") -> list[Purse]:
    """The purses of one person: cash is account 1, bonus 2 and credit 3."""
    return [
        Purse(3, "credit", Decimal(credit), -Decimal(limit)),
        Purse(2, "bonus", Decimal(bonus), Decimal(0)),
        Purse(1, "cash", Decimal(cash), Decimal(0)),
    ]


def after(held: list[Purse], entries: Entries) -> list[Purse]:
    moved = dict(entries)
    return [
        Purse(p.account_id, p.kind, p.balance + moved.get(p.account_id, Decimal(0)), p.floor)
        for p in held
    ]


def test_a_stake_draws_cash_then_bonus_then_credit() -> None:
    held = purses("100", "50", "-20", "200")
    assert draw(held, Decimal("99.99")) == ((1, Decimal("-99.99")),)
    assert draw(held, Decimal(120)) == ((1, Decimal(-100)), (2, Decimal(-20)))
    assert draw(held, Decimal(330)) == ((1, Decimal(-100)), (2, Decimal(-50)), (3, Decimal(-180)))


def test_a_stake_of_a_cent_too_much_is_refused_with_the_facts() -> None:
    with pytest.raises(NotEnough) as refused:
        draw(purses("100", "50", "-20", "200"), Decimal("330.01"))
    assert (refused.value.needed, refused.value.available) == (Decimal("330.01"), Decimal(330))


def test_an_empty_purse_makes_no_entry() -> None:
    assert draw(purses("0", "50", "0", "100"), Decimal(60)) == (
        (2, Decimal(-50)),
        (3, Decimal(-10)),
    )


@pytest.mark.parametrize("cash", ["-40", "-25", "-0.01"])
def test_nothing_is_drawn_until_a_forced_debt_is_repaid(cash: str) -> None:
    forced = Purse(1, "cash", Decimal(cash), Decimal(-40))
    bonus = Purse(2, "bonus", Decimal(30), Decimal(0))
    with pytest.raises(NotEnough) as refused:
        draw([forced, bonus], Decimal("0.01"))
    assert refused.value.available == available([forced, bonus]) == 0
    repaid = Purse(1, "cash", Decimal(0), Decimal(-40))
    assert draw([repaid, bonus], Decimal(30)) == ((2, Decimal(-30)),)


def test_nothing_is_drawn_while_more_credit_is_drawn_than_is_granted() -> None:
    assert available(purses("5", "7", "-100.01", "100")) == 0
    assert available(purses("5", "7", "-100", "100")) == Decimal(12)


def test_a_payout_repays_drawn_credit_first() -> None:
    assert pay(purses("10", "0", "-80", "100"), Decimal(50)) == ((3, Decimal(50)),)
    assert pay(purses("10", "0", "-80", "100"), Decimal(80)) == ((3, Decimal(80)),)
    assert pay(purses("10", "0", "-80", "100"), Decimal("80.01")) == (
        (3, Decimal(80)),
        (1, Decimal("0.01")),
    )
    assert pay(purses("10", "0", "0", "100"), Decimal(50)) == ((1, Decimal(50)),)


def test_a_payout_that_rounds_to_nothing_moves_nothing() -> None:
    assert pay(purses("10", "0", "-80", "100"), Decimal("0.00")) == ()


def test_the_figures_of_a_person() -> None:
    assert balance(purses("100", "50", "-20", "200"), Decimal(200), True) == Balance(
        cash_balance=Decimal(100),
        bonus_balance=Decimal(50),
        credit_balance=Decimal(-20),
        credit_limit=Decimal(200),
        credit_approved=True,
        total_balance=Decimal(130),
        available=Decimal(330),
    )


def test_a_limit_that_is_not_approved_makes_nothing_available() -> None:
    figures = balance(purses("100", "0", "0"), Decimal(200), False)
    assert (figures.credit_limit, figures.available) == (Decimal(200), Decimal(100))


cents = st.integers(0, 10_000).map(lambda amount: Decimal(amount).scaleb(-2))


@st.composite
def anyones_purses(draws: st.DrawFn) -> list[Purse]:
    limit = draws(cents)
    debt = draws(st.just(Decimal(0)) | cents)
    cash = draws(cents)
    return [
        Purse(1, "cash", cash - debt, min(-debt, Decimal(0))),
        Purse(2, "bonus", draws(cents), Decimal(0)),
        Purse(3, "credit", -min(draws(cents), limit), -limit),
    ]


@given(anyones_purses(), cents.map(lambda amount: amount + Decimal("0.01")))
def test_what_is_drawn_is_the_stake_and_never_passes_a_floor(
    held: list[Purse], amount: Decimal
) -> None:
    if amount > available(held):
        with pytest.raises(NotEnough) as refused:
            draw(held, amount)
        assert (refused.value.needed, refused.value.available) == (amount, available(held))
        return
    entries = draw(held, amount)
    assert sum(moved for _, moved in entries) == -amount
    assert all(moved < 0 for _, moved in entries)
    for purse, left in zip(held, after(held, entries), strict=True):
        assert left.balance >= purse.floor
        if purse.kind != "credit" and left.balance < purse.balance:
            assert left.balance >= 0
    drawn = after(held, entries)
    assert after(drawn, give_back(drawn, entries)) == held


def test_credit_that_was_repaid_comes_back_as_cash() -> None:
    held = purses("10", "5", "0", "100")
    drawn = draw(held, Decimal(65))
    repaid = after(after(held, drawn), ((3, Decimal(30)),))
    given = give_back(repaid, drawn)
    assert dict(given) == {1: Decimal(40), 2: Decimal(5), 3: Decimal(20)}
    assert [one.balance for one in after(repaid, given)] == [0, 5, 40]


@given(anyones_purses(), cents)
def test_what_is_paid_is_the_payout_and_credit_is_never_overpaid(
    held: list[Purse], amount: Decimal
) -> None:
    entries = pay(held, amount)
    paid = after(held, entries)
    assert sum((moved for _, moved in entries), Decimal(0)) == amount
    assert all(moved > 0 for _, moved in entries)
    assert paid[1] == held[1]
    assert paid[2].balance <= 0
    assert paid[2].balance == 0 or paid[0] == held[0]
