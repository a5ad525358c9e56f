"""`banker verify`, whole or of one phase, and `banker chain head`, as commands."""

from pathlib import Path

import asyncpg
import msgspec

from banker.books import settlement
from banker.books.chain import Head
from banker.database import Pool, transaction
from banker.embedded import House
from tests.books.sealing import cut_off, sealed
from tests.cast import Cast, deposit, placed
from tests.house.console import banker, console, named


async def test_a_kept_head_is_checked_by_command(
    house: House, pool: Pool, owner: asyncpg.Connection, cast: Cast, tmp_path: Path
) -> None:
    with console() as served:
        environment = served.environment | named(house) | {"BANKER_SECRET": "s" * 40}

        heads: dict[str, str] = {}

        def keep(name: str) -> str:
            printed = banker(["chain", "head"], environment)
            assert (printed.returncode, printed.stdout.count("\n")) == (0, 1), printed
            heads[name] = printed.stdout
            (tmp_path / name).write_text(printed.stdout)
            return str(tmp_path / name)

        empty = keep("empty")
        await sealed(pool)
        short = keep("short")
        await deposit(pool, cast, cast.hla, "5.00")
        await sealed(pool)
        long = keep("long")
        for kept in (empty, short, long):
            verified = banker(["verify", "--recent", "--head", kept], environment)
            assert (verified.returncode, verified.stdout) == (0, "The books balance.\n"), verified
        await cut_off(owner, msgspec.json.decode(heads["short"], type=Head))
        verified = banker(["verify", "--head", long], environment)
        assert verified.returncode == 1
        assert verified.stdout.startswith("head: link ")
        assert verified.stdout.endswith("1 rows disagree.\n")
        assert banker(["verify", "--head", short], environment).returncode == 0


async def test_what_is_no_head_is_refused_in_one_line(house: House, tmp_path: Path) -> None:
    with console() as served:
        environment = served.environment | named(house) | {"BANKER_SECRET": "s" * 40}
        for nonsense in (b"", b"{}", b'{"position":1,"hash":"zz","at":null}', b"\xff\x00"):
            (tmp_path / "kept").write_bytes(nonsense)
            refused = banker(["verify", "--head", str(tmp_path / "kept")], environment)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert refused.stderr.startswith("banker: That is no head"), refused.stderr
            assert refused.stderr.count("\n") == 1


async def test_a_phase_is_held_to_its_seal_by_command(
    house: House, pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500\n444 100")
    await placed(pool, cast.phase, cast.khin, "138 200")
    with console() as served:
        environment = served.environment | named(house) | {"BANKER_SECRET": "s" * 40}
        early = banker(["verify", "--phase", "1"], environment)
        assert (early.returncode, early.stdout) == (1, "")
        assert early.stderr == "banker: Phase 1 is open; it was not closed, and has no seal.\n"
        unknown = banker(["verify", "--phase", "7"], environment)
        assert (unknown.returncode, unknown.stderr) == (1, "banker: There is no such phase.\n")

        async with transaction(pool) as connection:
            published = (await settlement.close(connection, 1, cast.min.id)).seal
        alone = banker(["verify", "--phase", "1"], environment)
        assert alone.returncode == 0
        assert f"seal {published}\nPhase 1 is what was sealed at its closing.\n" in alone.stdout
        assert "--seal tells" in alone.stdout
        grouped = " ".join(published[start : start + 8] for start in range(0, 64, 8))
        for seal in (published, published.upper(), grouped):
            held = banker(["verify", "--phase", "1", "--seal", seal], environment)
            assert (held.returncode, "--seal" in held.stdout) == (0, False)
        other = banker(["verify", "--phase", "1", "--seal", "0" * 64], environment)
        assert other.returncode == 1
        assert other.stdout.startswith(f"seal: published seal of phase 1: it is {'0' * 64}; ")

        await owner.execute("update tickets set cents[1] = cents[1] + 1 where sequence = 2")
        changed = banker(["verify", "--phase", "1", "--seal", published], environment)
        assert changed.returncode == 1
        assert changed.stdout.startswith("seal: ticket 2 of phase 1: its leaf is ")
        assert changed.stdout.endswith(" findings.\n")


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    environment = {"BANKER_DATA": str(tmp_path), "PATH": "/usr/bin"}
    (tmp_path / "kept").write_text("{}")
    for arguments in (
        ["--seal", "0" * 64],
        ["--phase", "1", "--recent"],
        ["--phase", "1", "--head", str(tmp_path / "kept")],
        ["--phase", "0"],
        ["--phase", "9" * 20],
        ["--phase", "one"],
    ):
        refused = banker(["verify", *arguments], environment)
        assert (refused.returncode, refused.stdout) == (2, ""), refused


async def test_what_is_no_seal_is_refused_in_one_line(house: House) -> None:
    with console() as served:
        environment = served.environment | named(house) | {"BANKER_SECRET": "s" * 40}
        for nonsense in ("", "xyz", "00" * 31, "00" * 33, "၀" * 64):
            refused = banker(["verify", "--phase", "1", "--seal", nonsense], environment)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert refused.stderr.startswith("banker: That is no seal"), refused.stderr
