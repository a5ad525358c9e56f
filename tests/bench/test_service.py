"""The service of a bench: as many workers as asked, gone afterwards."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from banker.bench.ground import Ground
from banker.bench.service import resident_kib, served
from banker.console import CannotServe
from tests.live.telling import until


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_service_answers_with_all_its_workers_and_ends_with_the_block(
    ground: Ground, workers: int
) -> None:
    async with served(ground.settings, workers) as service:
        resident = resident_kib()
        async with httpx.AsyncClient(base_url=service.address) as client:
            answered = await client.get(
                "/api/phases", headers={"Authorization": f"Bearer {ground.manager_token}"}
            )
        assert answered.status_code == 200
        assert len(resident) == workers
        assert all(10_000 < kib < 2_000_000 for kib in resident.values())
    assert not resident_kib()
    async with httpx.AsyncClient(base_url=service.address) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/health")


async def test_a_worker_that_died_spoils_what_was_measured(ground: Ground) -> None:
    async def measure() -> None:
        async with served(ground.settings, workers=1) as service:
            [worker] = resident_kib()
            os.kill(worker, signal.SIGKILL)
            await until(lambda: bool(service.words))

    with pytest.raises(CannotServe, match="ended with -9"):
        await measure()
    assert not resident_kib()


async def test_a_service_that_cannot_start_says_so(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder in the way of the package: the workers end before they serve."""
    broken = tmp_path / "banker"
    broken.mkdir()
    broken.joinpath("__init__.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotServe, match="ended with 3"):
        async with served(ground.settings, workers=1):
            raise AssertionError("it serves")
