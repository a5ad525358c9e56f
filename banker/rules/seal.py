"""The seal of a closed phase: proof that its tickets were fixed before the draw (design, The seal).

Anyone can work out the same bytes. A *field* below is the length of its bytes as four bytes, most
significant first, and then the bytes; every text is UTF-8.

- a leaf is SHA-256 of `0x00` and seven fields: phase id, sequence, ticket id, collector id,
  `placed_at` in whole microseconds since 1970-01-01 UTC, the bets, the total. Ids and whole numbers
  are written in decimal (an id that is a UUID in its usual 36 characters); the bets as
  `007:500.00:1.00`, number, amount and factor, in number order and joined by `,`.
- an inner node is SHA-256 of `0x01`, its left hash and its right hash, in the tree of RFC 6962 over
  the leaves by sequence; the root of no leaves is SHA-256 of nothing.
- the seal is SHA-256 of `0x02` and two fields: the root's 32 bytes, and the sequences of the voided
  tickets, rising, in decimal and joined by `,` (an empty field where none is voided).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from banker.rules.money import cents_text
from banker.rules.number import LABELS

Identity = int | str | UUID

_heads = tuple(f"{label}:" for label in LABELS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def seal(root_hash: bytes, voided_sequences: Iterable[int]) -> bytes:
    """The digest that is published at closing, from the root over all tickets, voided ones too."""
    voided = ",".join(str(sequence) for sequence in sorted(set(voided_sequences)))
    return sha256(b"\x02" + _field(root_hash) + _field(voided.encode())).digest()


def leaf(
    phase_id: Identity,
    sequence: int,
    ticket_id: Identity,
    collector_id: Identity,
    placed_at: datetime,
    stakes: Mapping[int, int],
    factors: Sequence[int] | None,
    total_cents: int,
) -> bytes:
    """The hash of one ticket. Stakes are cents by number, in number order, and factors, beside
    them, in hundredths; None is 1.00 for each. `placed_at` has a time zone."""
    return leaf_of(
        fields(
            phase_id,
            sequence,
            ticket_id,
            collector_id,
            placed_at,
            stakes,
            factors,
            total_cents,
        )
    )


def fields(
    phase_id: Identity,
    sequence: int,
    ticket_id: Identity,
    collector_id: Identity,
    placed_at: datetime,
    stakes: Mapping[int, int],
    factors: Sequence[int] | None,
    total_cents: int,
) -> tuple[str, ...]:
    """The seven texts that a leaf is the hash of, of what `leaf` takes."""
    return (
        str(phase_id),
        str(sequence),
        str(ticket_id),
        str(collector_id),
        str((placed_at - _EPOCH) // _MICROSECOND),
        _bets(stakes, factors),
        cents_text(total_cents),
    )


def leaf_of(texts: Iterable[str]) -> bytes:
    """The hash of one ticket, from its seven texts."""
    return sha256(b"\x00" + b"".join(_field(text.encode()) for text in texts)).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order of sequence; holds one hash a level, however many come."""
    # Finished subtrees, the largest first; their sizes are the binary digits of the count so far.
    finished: list[bytes] = []
    for count, leaf_hash in enumerate(leaves):
        node, carry = leaf_hash, count
        while carry & 1:
            node = _inner(finished.pop(), node)
            carry >>= 1
        finished.append(node)
    if not finished:
        return sha256(b"").digest()
    node = finished.pop()
    while finished:
        node = _inner(finished.pop(), node)
    return node


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at `index`, counted from 0, up to the root."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path = []
    level = list(leaves)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        above = [_inner(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # A last node without a partner is carried up as it is.
        level = above + level[len(above) * 2 :]
        index >>= 1
    return path


def verify(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> bool:
    """Whether `path` leads from the leaf at `index` of `size` to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = leaf_hash, size - 1
    for beside in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = _inner(beside, node)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = _inner(node, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root_hash


def _bets(stakes: Mapping[int, int], factors: Sequence[int] | None) -> str:
    if factors is None:
        # One string fewer a bet: nearly every ticket is of this kind.
        bets = [_heads[number] + cents_text(cents) for number, cents in stakes.items()]
        return ":1.00,".join(bets) + ":1.00" if bets else ""
    return ",".join(
        f"{_heads[number]}{cents_text(cents)}:{cents_text(factor)}"
        for (number, cents), factor in zip(stakes.items(), factors, strict=True)
    )


def _inner(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _field(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content
