"""Passwords: Argon2id, in a bounded pool of threads, equal time for names that nobody has."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple, Unpack

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from banker.errors import Malformed

SHORTEST = 8
LONGEST = 200

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_nobody = ""


async def hashed(password: str) -> str:
    """The Argon2id hash of a new password. Raises `Malformed` for one too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Malformed(f"A password has {SHORTEST} to {LONGEST} characters.", field="password")
    return await _in_thread(_hasher.hash, _encoded(password))


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether a password is the hashed one; for None, a name that nobody has, as slow a no."""
    global _nobody
    if password_hash is None and not _nobody:
        _nobody = await _in_thread(_hasher.hash, b"nobody")
    good = await _in_thread(_verified, password_hash or _nobody, _encoded(password[:LONGEST]))
    return good and password_hash is not None and len(password) <= LONGEST


def _verified(password_hash: str, password: bytes) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _encoded(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


async def _in_thread(
    function: Callable[[Unpack[Arguments]], Result], *arguments: *Arguments
) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, function, *arguments)
