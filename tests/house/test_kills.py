"""Deaths of PostgreSQL and of the whole console in turn, while sixteen collectors send."""

import os
import signal

import httpx
import pytest

from tests.house.collectors import sending
from tests.house.console import console

COLLECTORS = 16
SLIPS_A_LIFE = 24


@pytest.mark.parametrize(("workers", "deaths"), [(2, 4), (4, 20)])
async def test_every_slip_acknowledged_before_a_death_is_one_ticket_after_it(
    workers: int, deaths: int
) -> None:
    with console("serve", "--workers", f"{workers}") as house:
        house.start()
        house.wait()
        async with (
            httpx.AsyncClient(base_url=house.address, timeout=10) as client,
            sending(house, client, COLLECTORS) as crowd,
        ):
            for death in range(deaths):
                await crowd.go_on(SLIPS_A_LIFE)
                if death % 2 == 0:
                    os.kill(house.leader(), signal.SIGKILL)
                else:
                    house.end(signal.SIGKILL)
                    house.start()
            await crowd.go_on(SLIPS_A_LIFE)
        assert crowd.retried >= deaths
