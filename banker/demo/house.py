"""The sample house: its people, their balances, an open phase with limits and hot numbers."""

import ipaddress
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from banker.books import cash, exposure, ledger, people, phase, placement, settlement
from banker.books.people import Person
from banker.books.phase import Draft, Phase
from banker.books.request import Asked, fingerprint
from banker.console import CannotServe
from banker.database import Connection, Pool, connect_pool, reading, transaction
from banker.demo import counter, past
from banker.demo.slips import HOT, draft_slip
from banker.passwords import hashed
from banker.rules.prize import Prizes
from banker.settings import Settings

PASSWORD = "sample-house"  # noqa: S105 - told to everybody who opens the demo
COLLECTORS = (
    "aung", "khin", "hla", "soe", "thida", "river", "market-2", "zaw", "myint", "nilar",
    "htet", "phyo", "sandar", "wai", "lwin", "moe", "kyaw", "ei", "nanda", "tun",
)  # fmt: skip
STAFF = (("admin", "admin"), ("manager", "manager"), ("cashier", "cashier"), ("partner", "partner"))
SIGN_INS = (
    "sign in as admin, manager, cashier, partner, or a collector such as aung or khin",
    f"the password of each is {PASSWORD}",
)

PHASE_LIFE = timedelta(hours=3)
FIRST_SLIPS = 1000
TIGHT_LIMITS = {137: "30000", 444: "25000", 786: "60000", 13: "0", 666: "0"}


async def build(settings: Settings) -> None:
    """Make what is missing of the sample house; what is there is left as it is."""
    pool = await connect_pool(settings.database_url, least=1, most=2)
    async with pool:
        await _gather(pool)
        await open_phase(pool)


async def open_phase(pool: Pool) -> Phase:
    """The phase that takes slips: the present one, else a new one; overdue ones are closed."""
    async with transaction(pool) as connection:
        current = await phase.current(connection)
        if current is not None and current.state == "open" and not current.overdue:
            return current
        admin = await _by_name(connection, "admin")
        for old in await phase.newest(connection, 20):
            if old.state == "open" and old.overdue:
                await settlement.close(connection, old.id, admin.id)
        opened = await _draft_and_open(connection, admin)
    await _first_slips(pool, opened)
    return opened


def demand_loopback(host: str) -> None:
    """The demo's passwords are known to everybody. Raises `CannotServe` for any other address."""
    if host == "localhost":
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise CannotServe(f"The demo listens on loopback only, not on {host}.")


async def _gather(pool: Pool) -> None:
    async with reading(pool) as connection:
        present = {one.username for one in await people.listed(connection, 200)}
    if "admin" in present and COLLECTORS[-1] in present:
        return
    password_hash = await hashed(PASSWORD)
    async with transaction(pool) as connection:
        added = {}
        for name, role in STAFF:
            added[name] = await people.add(
                connection,
                name,
                role,
                password_hash,
                commission_rate=Decimal(10 if role == "partner" else 0),
                share_percentage=Decimal(50 if role == "partner" else 0),
            )
        await counter.open_drawer(connection, added["cashier"])
        collectors = []
        for place, name in enumerate(COLLECTORS):
            collector = await people.add(
                connection,
                name,
                "collector",
                password_hash,
                commission_rate=Decimal(("15", "12.5", "10", "0")[place % 4]),
                partner_id=added["partner"].id if place % 3 == 0 else None,
            )
            await _endow(connection, added["cashier"], collector, place)
            collectors.append(collector)
        await counter.do_business(connection, added["cashier"], collectors)
    staff = (added["manager"], added["cashier"], added["partner"])
    await past.live_through(pool, *staff, collectors)


async def _endow(connection: Connection, cashier: Person, collector: Person, place: int) -> None:
    amount = Decimal(4_000_000 + 500_000 * place)
    asked = Asked(cashier.id, "deposit", f"sample-{collector.id}", fingerprint(str(amount)))
    await cash.deposit(connection, asked, collector.id, amount, "sample balance")
    if place % 2 == 0:
        await ledger.approve_credit(connection, collector.id, Decimal(500_000))


async def _draft_and_open(connection: Connection, admin: Person) -> Phase:
    now = datetime.now(UTC)
    draft = await phase.create(
        connection,
        admin.id,
        Draft(
            name=f"{now:%b-%d %H:%M}",
            closes_at=now + PHASE_LIFE,
            total_limit=Decimal(90_000_000),
            prizes=Prizes(straight=Decimal(680)),
        ),
    )
    for number, limit in TIGHT_LIMITS.items():
        await exposure.set_limit(connection, draft.id, number, Decimal(limit))
    return await phase.open_(connection, draft.id)


async def _first_slips(pool: Pool, opened: Phase) -> None:
    """Some slips at once, so that the wall has something to show from its first second."""
    chance = random.Random(opened.id)  # noqa: S311 - sample data
    async with reading(pool) as connection:
        collectors = await people.listed(connection, 200, role="collector")
    for start in range(0, FIRST_SLIPS, 50):
        slips = [draft_slip(chance, opened.id, collectors, start + place) for place in range(50)]
        async with transaction(pool) as connection:
            await placement.place(connection, opened.id, slips)


async def _by_name(connection: Connection, name: str) -> Person:
    return next(one for one in await people.listed(connection, 200) if one.username == name)


__all__ = ["COLLECTORS", "HOT", "PASSWORD", "SIGN_INS", "build", "demand_loopback", "open_phase"]
