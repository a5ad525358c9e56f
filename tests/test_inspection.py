"""`banker verify` and `banker chain head`, as commands."""

from pathlib import Path

import asyncpg
import msgspec

from banker.books.chain import Head
from banker.database import Pool
from banker.embedded import House
from tests.books.sealing import cut_off, sealed
from tests.cast import Cast, deposit
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
