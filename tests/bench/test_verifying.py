"""Verifying beside the desk."""

from banker.bench.ground import Ground
from banker.bench.measure import PROMISED
from banker.bench.plan import Plan
from banker.bench.verifying import Verified
from tests.balanced import assert_books_balance


async def test_all_is_verified_once_and_what_is_new_in_every_round(
    ground: Ground, small: Plan
) -> None:
    verified = Verified()
    await verified.prepare(ground, small)
    first = await verified.round(ground, small)
    second = await verified.round(ground, small)
    assert first.keys() == set(PROMISED["k"])
    assert second.keys() == {
        "k_alone_bets_per_s",
        "k_recent_s",
        "k_beside_recent_bets_per_s",
    }
    assert all(value > 0 for value in (*first.values(), *second.values()))
    [house] = ground.others
    kinds = await house.pool.fetch("select whole, findings from verifications order by id")
    # Quietly and in the rounds; what is left of each round is verified too.
    assert [tuple(row) for row in kinds] == [
        (True, "[]"),
        *[(False, "[]"), (True, "[]"), (False, "[]")],
        *[(False, "[]"), (False, "[]")],
    ]
    await assert_books_balance(house.pool)
