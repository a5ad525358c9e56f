"""What is underlined in a slip while it is typed."""

import re
import time

import httpx
import pytest

from banker.books import session
from banker.database import Pool, transaction
from banker.rules import notation
from banker.rules.limits import Offender
from banker.rules.notation.fold import fold
from banker.rules.number import label
from banker.web.readback import MOST_MARKS, Readback
from tests.cast import Cast

RANGES = "000~999 = 60000\n" * 100


def _over(text: str, room_cents: int = 100) -> Readback:
    """A slip against the same room for every number."""
    slip = notation.parse(text)
    offenders = tuple(
        Offender(number, asked, room_cents, "global-limit")
        for number, asked in slip.stakes.items()
        if asked > room_cents
    )
    return Readback(slip, "room", "", offenders, None, None, has_prefixes=False)


def _written(text: str, number: int) -> tuple[int, int] | None:
    """Where a number is first written in a line: column from 1, and length."""
    folded = fold(text)
    found = re.search(rf"(?<![0-9]){label(number)}(?![0-9])", folded.text)
    if found is None:
        return None
    start, end = folded.span(*found.span())
    return start + 1, end - start


@pytest.mark.parametrize(
    "text",
    [
        "137 500",
        "137 137 138 = 500",
        "  ၁၃၇=5000",
        "138 137 136 = 500",
        "137/138/139*1000",
        "137r 500",
        "130~139 = 137",
        "137.138.139 = 500",
    ],
)
def test_a_number_over_its_room_is_marked_where_it_is_first_written(text: str) -> None:
    slip = notation.parse(text)
    assert slip.bets
    assert not slip.problems
    places = [_written(text, bet.number) for bet in slip.bets]
    expected = [(1, *place, "warn") for place in places if place is not None]
    assert _over(text).marks() == expected


def test_a_line_that_writes_none_of_its_numbers_out_is_marked_whole() -> None:
    assert _over("  13x 500 ").marks() == [(1, 3, 7, "warn")]
    assert _over("13x 500", room_cents=500_00).marks() == []


def test_no_more_is_marked_than_a_page_draws() -> None:
    text = ("/".join(f"{number:03d}" for number in range(1000)) + "*500\n") * 3
    marks = _over(text).marks()
    assert len(marks) == MOST_MARKS
    assert marks[:2] == [(1, 1, 3, "warn"), (1, 5, 3, "warn")]
    assert marks[-1] == (2, 3997, 3, "warn")


@pytest.mark.alone
async def test_ranges_over_the_room_do_not_hold_a_worker_up(
    address: str, pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        opened = await session.open_(connection, cast.aung.id, "page", "127.0.0.1")
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        csrf = (await client.get("/signin")).cookies["csrf"]
        headers = {"Cookie": f"csrf={csrf}; banker={opened.token}", "x-csrftoken": csrf}
        started = time.perf_counter()
        slip = {"text": RANGES, "phase": str(cast.phase.id)}
        response = await client.post("/collect/reading", json=slip, headers=headers)
        took_s = time.perf_counter() - started
    assert response.status_code == 200
    print(f"\n{took_s:.2f} s")
    assert took_s < 1
