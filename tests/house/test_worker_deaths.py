"""Single workers of four, killed by `kill -9` while collectors send and others call."""

import asyncio
import os
import signal

import httpx

from tests.house.collectors import Crowd, sending
from tests.house.conftest import eventually
from tests.house.console import Console, console

WORKERS = 4
DEATHS = 12
COLLECTORS = 12
CALLERS = 12
SLIPS_A_LIFE = 24
REPLACED_S = 10.0
# Long enough for the callers to be kept waiting, and no reason for the others to be sent away.
STILL_S = 0.4


async def test_a_worker_killed_under_load_loses_no_slip_and_doubles_none() -> None:
    with console("serve", "--workers", f"{WORKERS}") as house:
        house.start()
        house.wait()
        kept_waiting = 0
        async with (
            httpx.AsyncClient(base_url=house.address, timeout=10) as client,
            sending(house, client, COLLECTORS, CALLERS) as crowd,
        ):
            for death in range(DEATHS):
                await crowd.go_on(SLIPS_A_LIFE)
                # The oldest, so that each has lived when its turn comes.
                victim = min(house.workers())
                if death % 2 == 0:
                    kept_waiting += await _call_and_kill(crowd, victim)
                else:
                    os.kill(victim, signal.SIGKILL)
                await _replaced(house, victim)
            await crowd.go_on(SLIPS_A_LIFE)
        assert crowd.retried > 0
        assert kept_waiting >= DEATHS // 4, "somebody waited for the dead"
        assert house.said.count("ended with -9; another is started") == DEATHS


async def _call_and_kill(crowd: Crowd, victim: int) -> bool:
    """Kill a worker that some callers have connected to and that has not looked at them: its
    successor must answer them. Gives whether there were any."""
    os.kill(victim, signal.SIGSTOP)
    calling = asyncio.create_task(crowd.call())
    await asyncio.sleep(STILL_S)
    is_waiting = not calling.done()
    os.kill(victim, signal.SIGKILL)
    await calling
    return is_waiting


async def _replaced(house: Console, victim: int) -> None:
    def is_replaced() -> bool:
        workers = house.workers()
        return len(workers) == WORKERS and victim not in workers

    await eventually(is_replaced, REPLACED_S)
