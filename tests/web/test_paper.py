"""A receipt as text for the chat: read again, it says what was placed and nothing else."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from banker.rules import notation
from banker.rules.notation import Bet
from banker.web.paper import Paper

PAPER = Paper(
    ticket_id="",
    phase="Test",
    sequence=7,
    collector="aung",
    placed_at=datetime(2026, 11, 16, 9, tzinfo=UTC),
    bets=(Bet(137, Decimal("500.00")),),
    total=Decimal("500.00"),
    note=None,
)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x0b"])
def test_a_note_of_several_lines_is_no_bet(end: str) -> None:
    """The API took such notes once, and they are kept."""
    paper = msgspec.structs.replace(PAPER, note=f"for uncle{end}999=1000")
    text = paper.text(ZoneInfo("Asia/Yangon"))
    assert "# for uncle 999=1000" in text.split("\n")
    read = notation.parse(text)
    assert (read.bets, read.problems) == (PAPER.bets, ())
