"""`banker bench` as a person starts it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from banker.bench.measure import PROMISED

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 120


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A temporary folder for one bench, which the servers' user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_quick_bench_gives_every_promised_name(scratch: Path) -> None:
    ended = subprocess.run(
        _command("--quick", "--rounds", "1", "--only", "a,c,d", "--json"),
        cwd=PROJECT,
        env=_environment(scratch),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    promised = {name for letter in "acd" for name in PROMISED[letter]}
    assert set(told["figures"]) >= promised
    assert all(told["figures"][name]["value"] > 0 for name in promised)
    assert set(told["ratios"]) == {"d256/a"}
    assert told["findings"] == []
    steps = ended.stderr.decode().splitlines()
    assert [line[7:] for line in steps if "round" in line] == [
        "round 1 of 1: (a) COPY into the seeds' table, unchecked",
        "round 1 of 1: (c) a transaction a slip",
        "round 1 of 1: (d) the desk",
    ]
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_bench_that_is_ended_leaves_nothing_behind(scratch: Path, number: signal.Signals) -> None:
    bench = subprocess.Popen(
        _command("--quick", "--rounds", "100", "--only", "d"),
        cwd=PROJECT,
        env=_environment(scratch),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert bench.stderr is not None
        for line in bench.stderr:
            if "round 1" in line:
                break
        assert list(scratch.iterdir())
        bench.send_signal(number)
        _, said = bench.communicate(timeout=PATIENCE_S)
    finally:
        bench.kill()
    assert bench.returncode == 130, said
    assert said.endswith("banker: Interrupted.\n")
    assert not list(scratch.iterdir())


def test_a_letter_that_stands_for_nothing_is_refused_before_anything_starts(scratch: Path) -> None:
    ended = subprocess.run(
        _command("--only", "a,z"),
        cwd=PROJECT,
        env=_environment(scratch),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 2
    assert "The measures are a, b, c, d, e, f, g, h, i, k; not z." in ended.stderr
    assert not list(scratch.iterdir())


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "banker", "bench", *arguments]


def _environment(scratch: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(scratch)}
