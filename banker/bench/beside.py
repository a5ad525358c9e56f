"""A process beside the bench's own, for what must not share its loop: told what to do in JSON on
standard input, it answers in JSON on standard output."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import msgspec

Told = TypeVar("Told", bound=msgspec.Struct)


class BesideFailed(Exception):
    """A process beside the bench ended without an answer; its words are above."""


class Beside(Generic[Told]):
    """A process that runs."""

    def __init__(self, process: asyncio.subprocess.Process, kind: type[Told]) -> None:
        self._process = process
        self._kind = kind

    async def ready(self) -> None:
        """Wait for the line by which it says that it is ready. Raises `BesideFailed`."""
        assert self._process.stdout is not None
        if not await self._process.stdout.readline():
            raise BesideFailed(f"{self._kind.__name__}: it never was ready")

    async def told(self) -> Told:
        """What it tells at its end, which is waited for. Raises `BesideFailed`."""
        assert self._process.stdout is not None
        answer = await self._process.stdout.read()
        if await self._process.wait() or not answer:
            raise BesideFailed(f"{self._kind.__name__}: it ended with {self._process.returncode}")
        return msgspec.json.decode(answer, type=self._kind)

    async def ended(self) -> Told:
        """Tell it to end; what it tells then. Raises `BesideFailed`."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        return await self.told()


@asynccontextmanager
async def beside(
    module: str, plan: msgspec.Struct, kind: type[Told]
) -> AsyncIterator[Beside[Told]]:
    """`python -m module` with a plan, gone when the block ends. Its last answer is a `kind`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C is for the bench alone, which ends what it started.
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(plan))
        process.stdin.close()
        yield Beside(process, kind)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
