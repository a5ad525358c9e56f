"""One class a refusal; the first line of its docstring is what the person reads.

Refusals are answers, not accidents: each carries the facts that a caller needs to mend the
request. `web` turns them into problem+json, a fragment or a page, in one place.
"""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """The request cannot be carried out."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "malformed"

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(detail)
        self.facts = facts
        self.detail = detail or self.title.format(**facts)

    @property
    def title(self) -> str:
        """What is said of every refusal of this class, with the names of its facts in braces."""
        return (type(self).__doc__ or "").strip().splitlines()[0]

    @property
    def retry_after_s(self) -> int | None:
        """Seconds after which the same request may fare better, where that is so."""
        return None


class Malformed(Refusal):
    """The request cannot be read."""


class KeyMissing(Refusal):
    """An Idempotency-Key of 1 to 255 visible characters is required here."""

    code = "key-missing"


class NotSignedIn(Refusal):
    """Sign in first."""

    status = 401
    code = "not-signed-in"


class WrongSignIn(Refusal):
    """The name or the password is wrong."""

    status = 401
    code = "wrong-sign-in"


class InsufficientFunds(Refusal):
    """The balance does not cover this: {needed} is needed and {available} is available."""

    status = 402
    code = "insufficient-funds"


class Forbidden(Refusal):
    """Your role may not do this."""

    status = 403
    code = "forbidden"


class NotFound(Refusal):
    """There is no such {what}."""

    status = 404
    code = "not-found"


class PhaseClosed(Refusal):
    """The phase {phase} takes no slips: it is {state}."""

    status = 409
    code = "phase-closed"


class IntakeStopped(Refusal):
    """The taking of slips is stopped in phase {phase} for the moment."""

    status = 409
    code = "intake-stopped"


class OverLimit(Refusal):
    """What is asked does not fit the room that is left."""

    status = 409
    code = "over-limit"


class WrongState(Refusal):
    """This cannot be done now."""

    status = 409
    code = "wrong-state"


class NameTaken(Refusal):
    """The name {username} is taken."""

    status = 409
    code = "name-taken"


class ChangedMeanwhile(Refusal):
    """Somebody else changed the same since this form was opened; nothing was changed now."""

    status = 409
    code = "changed-meanwhile"

    def __init__(self, now: Mapping[str, str]) -> None:
        super().__init__(now=dict(now))
        self.now = now


class InFlight(Refusal):
    """The same request is still being worked on; ask again in a moment."""

    status = 409
    code = "in-flight"

    @property
    def retry_after_s(self) -> int:
        """The first attempt is bounded by the lock and statement time-outs."""
        return 2


class AnswerExpired(Refusal):
    """This was done on {done_at}; its answer is kept no longer."""

    status = 410
    code = "answer-expired"


class TooLarge(Refusal):
    """The request is larger than is taken here."""

    status = 413
    code = "too-large"


class UnsupportedMediaType(Refusal):
    """Send JSON, as application/json."""

    status = 415
    code = "unsupported-media-type"


class UnreadableSlip(Refusal):
    """The slip cannot be read as it stands; nothing was placed."""

    status = 422
    code = "unreadable-slip"


class KeyReused(Refusal):
    """This Idempotency-Key belongs to another request."""

    status = 422
    code = "key-reused"


class TooManyFailures(Refusal):
    """Too many failed sign-ins from here; wait {wait_s} seconds and try again."""

    status = 429
    code = "too-many-failures"

    @property
    def retry_after_s(self) -> int:
        """The whole wait."""
        wait_s = self.facts["wait_s"]
        assert isinstance(wait_s, int)
        return wait_s


class Unavailable(Refusal):
    """The books cannot be reached right now; ask again, with the same key where there is one."""

    status = 503
    code = "unavailable"

    @property
    def retry_after_s(self) -> int:
        """Time for the database to come back."""
        return 2


class PurseHeld(Unavailable):
    """Money of yours is being moved right now; ask again, with the same key."""


class Crowded(Refusal):
    """More slips wait here than can be answered in time; send it again with the same key."""

    status = 503
    code = "crowded"

    @property
    def retry_after_s(self) -> int:
        """Time for the queue to be worked off."""
        return 1


class ExportsBusy(Refusal):
    """As many exports as go at once are under way here; ask again when one of them is done."""

    status = 503
    code = "exports-busy"

    @property
    def retry_after_s(self) -> int:
        """Time for a small one to be done."""
        return 10
