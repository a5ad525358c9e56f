"""Draws as callers of the API send them."""

from banker.books.settlement import Draw
from banker.web.api.fields import NumberText, Reason, read_number, read_text
from banker.web.api.forms import Form

# What stands for the source where the caller names none.
UNNAMED = "not named"


class DrawForm(Form, frozen=True):
    """The number that was drawn, and where that is from: a broadcast, an address, a person."""

    number: NumberText
    source: Reason = UNNAMED

    def read(self, actor_id: int) -> Draw:
        """The draw, entered by somebody. Raises `Malformed`."""
        return Draw(read_number(self.number), read_text(self.source, "source"), actor_id)


class CorrectionForm(Form, frozen=True):
    """The number that was really drawn, where that is from, and why the first was wrong."""

    number: NumberText
    reason: Reason
    source: Reason = UNNAMED

    def read(self, actor_id: int) -> Draw:
        """The draw, entered by somebody. Raises `Malformed`."""
        return Draw(
            read_number(self.number),
            read_text(self.source, "source"),
            actor_id,
            read_text(self.reason, "reason"),
        )
