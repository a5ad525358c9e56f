"""What `banker verify` and `banker chain` do at a connection, and what they say of it."""

from collections.abc import Callable

import msgspec

from banker.books import chain
from banker.books.chain import Head
from banker.books.verify import Finding, phase_seal, verification
from banker.books.verify.phase_walk import MOST
from banker.database import Pool, reading
from banker.errors import Malformed

Say = Callable[[str], None]


async def verify(
    pool: Pool, recent: bool, kept: bytes | None, progress: Callable[[str, int], None], say: Say
) -> int:
    """Verify the books, `recent` from the last checkpoint, and the chain against a head that was
    `kept`; the number of findings, each of which is a line. Raises `Malformed` for what is no head.
    """
    head = None if kept is None else read_head(kept)
    done = 0

    def count(check: str, found: int) -> None:
        nonlocal done
        done += 1
        progress(f"{done}/{verification.CHECK_COUNT} {check}", found)

    verified = await verification.run(pool, not recent, count, is_hurried=not recent)
    findings = [*verified.findings]
    if head is not None:
        async with reading(pool) as connection:
            wrong = await chain.check_head(connection, head)
        if wrong is not None:
            findings.append(Finding("head", f"link {head.position}", wrong))
    for finding in findings:
        say(f"{finding.check}: {finding.row}: {finding.detail}")
    return len(findings)


async def verify_phase(
    pool: Pool,
    phase_id: int,
    published: str | None,
    progress: Callable[[str, int], None],
    say: Say,
) -> int:
    """Verify that a closed phase is what was sealed, and with the seal that was `published`; the
    number of findings, each of which is a line. Raises `Malformed` for what is no seal, `NotFound`,
    and `WrongState` for a phase that was not closed."""
    seal = None if published is None else read_seal(published)
    async with reading(pool) as connection:
        checked = await phase_seal.check(
            connection, phase_id, seal, lambda count: progress(f"{count:,} tickets", 0)
        )
    progress(f"{checked.ticket_count:,} tickets", checked.found)
    for finding in checked.findings:
        say(f"{finding.check}: {finding.row}: {finding.detail}")
    if checked.found > MOST:
        say(f"seal: phase {phase_id}: {checked.found - MOST:,} findings more")
    if not checked.found:
        closing = checked.closing
        say(f"tickets {checked.ticket_count:,}, {closing.ticket_count:,} of them not void")
        say(f"root {closing.tree_root.hex()}")
        say(f"seal {closing.seal.hex()}")
    return checked.found


def read_seal(text: str) -> bytes:
    """A seal as a notice shows it, in groups or in one piece. Raises `Malformed`."""
    try:
        seal = bytes.fromhex("".join(text.split()))
    except ValueError:
        seal = b""
    if len(seal) != 32:
        raise Malformed("That is no seal: a seal is 64 hexadecimal digits, in groups or in one.")
    return seal


async def head_line(pool: Pool) -> str:
    """The head of the chain, as JSON on one line."""
    async with reading(pool) as connection:
        return msgspec.json.encode(await chain.head(connection)).decode()


def read_head(kept: bytes) -> Head:
    """A head as `head_line` wrote it. Raises `Malformed`."""
    try:
        head = msgspec.json.decode(kept, type=Head)
        is_whole = head.position >= 0 and len(bytes.fromhex(head.hash)) == 32
    except ValueError:
        is_whole = False
    if not is_whole:
        raise Malformed("That is no head of a chain: `banker chain head` prints one.")
    return head
