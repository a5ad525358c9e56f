"""The private PostgreSQL: made whole at the first start, or not at all."""

import re
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from banker.embedded.child import Child, wait
from banker.embedded.failure import NotStarted, TooOld, WrongVersion, explained
from banker.embedded.passwords import Passwords, confirm
from banker.embedded.place import CLUSTER, Place, write_private
from banker.embedded.processes import PROC, run

OLDEST_VERSION = 15
BUILTIN_LOCALE_VERSION = 17
PORT = 5432  # of no importance: there is no TCP, the number is a part of the socket's name
SETTINGS = {
    "autovacuum": "on",
    "cluster_name": "banker",
    "fsync": "on",
    "jit": "off",
    "lc_messages": "C",
    "listen_addresses": "",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
}
OWN_SETTINGS = "banker.conf"
ACCESS = "local all all scram-sha-256\n"


class Postgres(Child):
    """PostgreSQL on a Unix socket, closed to all but two roles with passwords."""

    name = "PostgreSQL"
    process_names = ("postgres",)
    polite = signal.SIGINT  # "fast": ends the connections that are open
    urgent = signal.SIGQUIT  # "immediate": the next start recovers

    def __init__(
        self, place: Place, binaries: Path, passwords: Passwords, settings: Mapping[str, str]
    ) -> None:
        super().__init__(place, place.home / CLUSTER)
        self.binaries = binaries
        self.passwords = passwords
        self.settings = {**SETTINGS, **settings}

    @property
    def database_url(self) -> str:
        """For the role that owns nothing."""
        return self._url("banker_app", self.passwords.app)

    @property
    def owner_url(self) -> str:
        """For the role that owns the database."""
        return self._url("banker_owner", self.passwords.owner)

    def prepare(self) -> None:
        """Makes the cluster, its roles and database; or checks that this version can read it."""
        version = self._version()
        wait(self.clear(self.folder))
        if not self.folder.exists():
            self._make_cluster(version)
        with explained(self.folder):
            made_by = int(self.folder.joinpath("PG_VERSION").read_text())
            if made_by != version:
                raise WrongVersion(
                    folder=self.folder,
                    data_version=made_by,
                    binaries=self.binaries,
                    version=version,
                )
            self._write_settings(self.folder)
        if self.passwords.are_new:
            self._set_passwords()
            confirm(self.place.data, self.passwords)

    def command(self) -> list[str]:
        """The postmaster, in the foreground."""
        return [str(self.binaries / "postgres"), "-D", str(self.folder)]

    def answers(self) -> bool:
        """As `pg_ctl` does it: the postmaster notes in its file when it is ready."""
        try:
            lines = self.folder.joinpath("postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def leader(self) -> int:
        """The postmaster of the last run."""
        try:
            first, *_ = self.folder.joinpath("postmaster.pid").read_text().split("\n")
        except OSError:
            return 0
        return int(first) if first.isdigit() else 0

    def sweep(self) -> None:
        """PostgreSQL would refuse a note that names a living process, be it by now another's."""
        # Without /proc orphans may hide, and the note is what PostgreSQL knows them by.
        if PROC.exists():
            self.folder.joinpath("postmaster.pid").unlink(missing_ok=True)
        for leftover in self.place.run.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)

    def _url(self, role: str, password: str) -> str:
        return (
            f"postgresql://{role}:{password}@/banker?host={quote(str(self.place.run))}&port={PORT}"
        )

    def _version(self) -> int:
        said = run(self.place, [str(self.binaries / "postgres"), "--version"])
        found = re.search(r"(\d+)", said)
        version = int(found[1]) if found else 0
        if version < OLDEST_VERSION:
            raise TooOld(binaries=self.binaries, version=said.strip())
        return version

    def _make_cluster(self, version: int) -> None:
        """Built beside its final name: a first start that is cut short leaves no half of one."""
        fresh = self.folder.with_name(f"{CLUSTER}.new")
        wait(self.clear(fresh))
        with explained(fresh):
            shutil.rmtree(fresh, ignore_errors=True)
        try:
            self._initialise(fresh, version)
            self._write_settings(fresh)
            with fresh.joinpath("postgresql.conf").open("a") as file:
                file.write(f"include '{OWN_SETTINGS}'\n")
            self._run_single(
                fresh,
                f"create role banker_owner login createdb password '{self.passwords.owner}'",
                f"create role banker_app login password '{self.passwords.app}'",
                "create database banker owner banker_owner template template0",
            )
        except NotStarted:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        with explained(self.folder):
            fresh.rename(self.folder)

    def _initialise(self, fresh: Path, version: int) -> None:
        """Text sorts by code point and has Unicode's cases, whatever the machine's locales."""
        if version >= BUILTIN_LOCALE_VERSION:
            choices = [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
        else:
            choices = [["--locale=C.UTF-8"], ["--locale=C"]]
        program = str(self.binaries / "initdb")
        fixed = ["--auth=reject", "--username=postgres", "--encoding=UTF8", "--data-checksums"]
        for position, locale in enumerate(choices, start=1):
            try:
                run(self.place, [program, "-D", str(fresh), *fixed, *locale])
            except NotStarted as failure:
                if "locale" not in str(failure) or position == len(choices):
                    raise
            else:
                return

    def _write_settings(self, folder: Path) -> None:
        lines = {**self.settings, "unix_socket_directories": str(self.place.run), "port": str(PORT)}
        quoted = {name: value.replace("'", "''") for name, value in lines.items()}
        content = "".join(f"{name} = '{value}'\n" for name, value in quoted.items())
        owner = (self.place.uid, self.place.gid)
        write_private(folder / OWN_SETTINGS, content.encode(), *owner)
        write_private(folder / "pg_hba.conf", ACCESS.encode(), *owner)

    def _set_passwords(self) -> None:
        self._run_single(
            self.folder,
            f"alter role banker_owner password '{self.passwords.owner}'",
            f"alter role banker_app password '{self.passwords.app}'",
        )

    def _run_single(self, folder: Path, *statements: str) -> None:
        """Without a postmaster: nobody connects meanwhile, and no superuser needs a password."""
        single = [str(self.binaries / "postgres"), "--single", "-D", str(folder)]
        run(self.place, [*single, "-c", "exit_on_error=on", "postgres"], lines=statements)
