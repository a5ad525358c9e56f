"""What hands can do to the tickets of the closed phase of `test_phase_seal`, as the owner of the
tables, and how they would cover it up. Each says which tickets a verification must name."""

import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg

from banker.rules import seal

TICKETS = 24
VOID = (3, 17)

Work = Callable[[asyncpg.Connection, random.Random], Awaitable[set[int]]]


async def make_leaves(owner: asyncpg.Connection) -> None:
    """What somebody would do who knows the rules as well as the house."""
    for row in await owner.fetch("select * from tickets where phase_id = 1"):
        leaf = seal.leaf(
            1,
            row["sequence"],
            row["id"],
            row["collector_id"],
            row["placed_at"],
            dict(zip(row["numbers"], row["cents"], strict=True)),
            row["factors"],
            int(row["total"] * 100),
        )
        await owner.execute(
            "update tickets set leaf = $2 where phase_id = 1 and sequence = $1",
            row["sequence"],
            leaf,
        )


async def make_seal(owner: asyncpg.Connection, told: bool) -> None:
    """The settlement as a closing would have written it, and the trail too where it is `told`."""
    closed_at = await owner.fetchval("select closed_at from settlements")
    rows = await owner.fetch("select * from tickets where phase_id = 1 order by sequence")
    void = [one for one in rows if one["voided_at"] is not None and one["voided_at"] <= closed_at]
    stood = [one for one in rows if one not in void]
    root = seal.root(row["leaf"] for row in rows)
    await owner.execute(
        """
        update settlements
        set total_in = $1, commission = $2, ticket_count = $3, bet_count = $4, tree_root = $5,
            seal = $6
        """,
        sum(row["total"] for row in stood),
        sum(row["commission"] for row in stood),
        len(stood),
        sum(row["bet_count"] for row in stood),
        root,
        seal.seal(root, [row["sequence"] for row in void]),
    )
    await owner.execute(
        "update phase_totals set last_sequence = $1", max(r["sequence"] for r in rows)
    )
    if told:
        await owner.execute(
            "update audit set after = (select to_jsonb(settlements) from settlements)"
            " where subject = 'settlement of phase 1'"
        )


async def insert(owner: asyncpg.Connection, columns: dict[str, Any]) -> None:
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    await owner.execute(
        f"insert into tickets ({', '.join(columns)}) values ({places})",
        *columns.values(),
    )


def _any(chance: random.Random) -> int:
    return chance.choice([one for one in range(1, TICKETS + 1) if one not in VOID])


async def _amount(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    sequence, place, more = _any(chance), chance.randint(1, 2), chance.choice((-1, 1, 50_000))
    await owner.execute(
        "update tickets set cents[$2] = cents[$2] + $3, total = total + $3 * 0.01"
        " where sequence = $1",
        sequence,
        place,
        more,
    )
    return {sequence}


async def _shift_money(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    """From one number of a ticket to another: the total stays."""
    sequence, cents = _any(chance), chance.randint(1, 50)
    await owner.execute(
        "update tickets set cents[1] = cents[1] - $2, cents[2] = cents[2] + $2 where sequence = $1",
        sequence,
        cents,
    )
    return {sequence}


async def _factor(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    sequence = chance.choice(range(TICKETS // 2 + 1, 17))
    await owner.execute("update tickets set factors[2] = 99 where sequence = $1", sequence)
    return {sequence}


async def _time(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    sequence, microseconds = _any(chance), chance.choice((-1, 1, 3_600_000_000))
    await owner.execute(
        "update tickets set placed_at = placed_at + $2 * interval '1 microsecond'"
        " where sequence = $1",
        sequence,
        microseconds,
    )
    return {sequence}


async def _commission(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    """It is in no leaf, but in the sums of the closing."""
    await owner.execute(
        "update tickets set commission = commission + 0.01 where sequence = $1", _any(chance)
    )
    await owner.execute("update settlements set commission = commission + 0.01")
    return set()


async def _add(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    """A copy of a ticket behind the last, with the winning number on it."""
    copied = dict(await owner.fetchrow("select * from tickets where sequence = $1", _any(chance)))
    copied |= {
        "sequence": TICKETS + 1,
        "id": UUID(int=chance.getrandbits(128), version=4),
        "numbers": sorted([*copied["numbers"][:-1], 500]),
        "key": "slipped in",
        "transfer_id": 1_000_000,
    }
    await insert(owner, copied)
    return {TICKETS + 1}


async def _drop(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    sequence = chance.choice((_any(chance), TICKETS, *VOID))
    await owner.execute("delete from tickets where sequence = $1", sequence)
    return {sequence}


async def _close_the_gap(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    """Drop one, and let those behind it move up."""
    sequence = _any(chance)
    await owner.execute("delete from tickets where sequence = $1", sequence)
    for behind in range(sequence + 1, TICKETS + 1):
        await owner.execute(
            "update tickets set sequence = sequence - 1 where sequence = $1", behind
        )
    await owner.execute("update phase_totals set last_sequence = last_sequence - 1")
    return set(range(sequence, TICKETS))


async def _swap(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    first, second = sorted(chance.sample(range(1, TICKETS + 1), 2))
    for old, new in ((first, 0), (second, first), (0, second)):
        await owner.execute("update tickets set sequence = $2 where sequence = $1", old, new)
    return {first, second}


async def _swap_bets(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    first, second = sorted(chance.sample(range(1, TICKETS // 2), 2))
    await owner.execute(
        """
        update tickets
        set numbers = other.numbers, cents = other.cents, total = other.total
        from tickets as other
        where (tickets.sequence, other.sequence) in (($1, $2), ($2, $1))
        """,
        first,
        second,
    )
    return {first, second}


async def _void(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    """As if it had been void before the closing, or by a hand after it."""
    sequence, when = _any(chance), chance.choice(("-1 microsecond", "1 hour"))
    await owner.execute(
        f"""
        update tickets
        set voided_at = settlements.closed_at + interval '{when}', voided_by = 1,
            void_transfer_id = 1000000
        from settlements
        where sequence = $1
        """,
        sequence,
    )
    return {sequence} if when == "1 hour" else set()


async def _stand_again(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    await owner.execute(
        "update tickets set voided_at = null, voided_by = null, void_transfer_id = null"
        " where sequence = $1",
        chance.choice(VOID),
    )
    return set()


async def _away(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
    """Into another phase."""
    sequence = _any(chance)
    await owner.execute("update tickets set phase_id = 2 where sequence = $1", sequence)
    return {sequence}


def _changed(change: str) -> Work:
    """One column of one ticket."""

    async def work(owner: asyncpg.Connection, chance: random.Random) -> set[int]:
        sequence = _any(chance)
        await owner.execute(f"update tickets set {change} where sequence = $1", sequence)
        return {sequence}

    work.__name__ = change
    return work


HANDS: tuple[Work, ...] = (
    _amount,
    _shift_money,
    _changed("numbers[2] = 778"),
    _factor,
    _changed("collector_id = 7"),
    _time,
    _changed("total = total + 0.01"),
    _changed("id = gen_random_uuid()"),
    _commission,
    _add,
    _drop,
    _close_the_gap,
    _swap,
    _swap_bets,
    _void,
    _stand_again,
    _away,
)

# The trail alone has the commissions.
SEALED = tuple(work for work in HANDS if work is not _commission)
