"""The way along the tickets of a closed phase: each is held against its leaf and its number."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from banker.books.verify import Finding, ahead
from banker.books.verify.disagreement import UNREADABLE
from banker.books.verify.noted import Closing
from banker.books.verify.tickets import leaf_of
from banker.database import Connection, queries
from banker.rules import seal
from banker.rules.money import ZERO, from_cents

_seal = queries("verify/seal")

# How many findings are named; all are counted.
MOST = 100

_STEP = 10_000

Say = Callable[[int], None]


class Walk:
    """What the tickets of a phase come to now, and what of it disagrees: of `found` findings the
    first are named. A leaf is the one that the ticket makes, whatever is stored beside it."""

    def __init__(self, phase_id: int, closed_at: datetime, is_void: bool) -> None:
        self.findings: list[Finding] = []
        self.found = 0
        self.ticket_count = 0
        self._phase_id, self._closed_at, self._is_void = phase_id, closed_at, is_void
        self._leaves: list[bytes] = []
        self._voided: list[int] = []
        self._last = 0
        self._cents = 0
        self._commission = ZERO
        self._standing = 0
        self._bets = 0

    async def go(self, connection: Connection, say: Say | None) -> None:
        """Past every ticket, by sequence."""
        cursor = _seal.read_tickets_cursor(connection, phase_id=self._phase_id)
        async with ahead.rows(cursor) as rows:
            async for row in rows:
                self._pass(row)
                if say is not None and self.ticket_count % _STEP == 0:
                    say(self.ticket_count)

    def end(self, numbered: int) -> None:
        """After the last ticket: whether as many were numbered."""
        if self._last < numbered:
            self._miss(self._last + 1, numbered)
        elif self._last > numbered:
            self.find(self._name(self._last), f"the phase numbered {numbered} tickets")

    def closing(self) -> Closing:
        """What a closing would have written of these tickets."""
        root = seal.root(self._leaves)
        return Closing(
            total_in=from_cents(self._cents),
            commission=self._commission,
            ticket_count=self._standing,
            bet_count=self._bets,
            tree_root=root,
            seal=seal.seal(root, self._voided),
            closed_at=self._closed_at,
        )

    def find(self, row: str, detail: str) -> None:
        """Write down what disagrees."""
        self.found += 1
        if self.found <= MOST:
            self.findings.append(Finding("seal", row, detail))

    def _pass(self, row: Any) -> None:
        self.ticket_count += 1
        sequence = row["sequence"]
        if sequence > self._last + 1:
            self._miss(self._last + 1, sequence - 1)
        elif sequence <= self._last:
            self.find(self._name(sequence), f"it comes after ticket {self._last}")
        self._last = sequence
        for wrong in self._wrong(row):
            self.find(self._name(sequence), wrong)
        if row["voided_at"] is not None and row["voided_at"] <= self._closed_at:
            self._voided.append(sequence)
            return
        self._standing += 1
        self._cents += row["total_cents"] or 0
        self._commission += row["commission"] or ZERO
        self._bets += row["bet_count"] or 0

    def _wrong(self, row: Any) -> Iterator[str]:
        try:
            leaf, cents, bets = leaf_of(row), sum(row["cents"]), len(row["numbers"])
        except UNREADABLE as error:
            self._leaves.append(b"")
            yield f"its leaf cannot be worked out: {error}"
            return
        self._leaves.append(leaf)
        if row["leaf"] != leaf:
            stored = "missing" if row["leaf"] is None else row["leaf"].hex()
            yield f"its leaf is {stored}; what it says now makes {leaf.hex()}"
        if (row["total_cents"], row["bet_count"]) != (cents, bets):
            yield (
                f"its bets are {bets} of {cents} cents; it says {row['bet_count']} of "
                f"{row['total_cents']}"
            )
        if row["placed_at"] > self._closed_at:
            yield f"it was placed at {row['placed_at']}, after the closing"
        voided_at = row["voided_at"]
        if voided_at is not None and voided_at > self._closed_at and not self._is_void:
            yield f"it was voided at {voided_at}, after the closing"

    def _miss(self, first: int, last: int) -> None:
        if first == last:
            self.find(self._name(first), "it is missing")
        else:
            self.find(f"tickets {first} to {last} of phase {self._phase_id}", "they are missing")

    def _name(self, sequence: int) -> str:
        return f"ticket {sequence} of phase {self._phase_id}"
