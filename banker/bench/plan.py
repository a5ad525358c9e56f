"""What is asked of a bench, and the sizes that follow from it."""

import msgspec

LETTERS = "abcdefghi"
SOAK = "j"
# Taken where it is asked for by name: its house takes minutes to fill.
ASKED_FOR = "k"
COLLECTORS = 256


class Plan(msgspec.Struct, frozen=True):
    """The options of the command. `letters` are the measures to be taken, in order; `rate` is that
    of the open loop, in slips a second; `soak_minutes` is None where nothing soaks."""

    rounds: int = 3
    lines: int = 50
    letters: str = LETTERS
    quick: bool = False
    rate: float = 1_000.0
    soak_minutes: float | None = None

    @property
    def seconds(self) -> float:
        """How long one piece of load lasts, warm-up apart."""
        return 0.6 if self.quick else 4.0

    @property
    def warm_up_s(self) -> float:
        """Load that is not counted yet, at the start of each piece."""
        return 0.2 if self.quick else 1.0

    @property
    def million(self) -> int:
        """The bets of a full phase."""
        return 50_000 if self.quick else 1_000_000

    @property
    def ten_million(self) -> int:
        """The bets of the fullest phase."""
        return 10 * self.million

    @property
    def entries(self) -> int:
        """The entries that are verified."""
        return 5 * self.million

    @property
    def winners(self) -> int:
        """The winning tickets of a phase that is settled."""
        return self.million // 100

    @property
    def paid_one_by_one(self) -> int:
        """The sample of winners that are paid one at a time."""
        return 50 if self.quick else 300

    @property
    def closings(self) -> int:
        """The closings under load, all rounds together."""
        return 6 if self.quick else 50

    @property
    def viewers(self) -> int:
        """The crowd before the wall."""
        return 20 if self.quick else 200

    @property
    def slips_a_second(self) -> float:
        """The load under which the wall is watched."""
        return 50 if self.quick else 500


def letters_of(only: str | None, soak_minutes: float | None) -> str:
    """The measures to be taken: those of a list such as `a,d,k`, else all but (k); the soak where
    it has its minutes. Raises `ValueError` for a letter that stands for none."""
    asked = LETTERS if only is None else "".join(only.replace(",", " ").split()).lower()
    unknown = sorted(set(asked) - set(LETTERS + ASKED_FOR))
    if unknown or not asked:
        raise ValueError(
            f"The measures are {', '.join(LETTERS + ASKED_FOR)}; not {', '.join(unknown) or only}."
        )
    return "".join(sorted(set(asked))) + (SOAK if soak_minutes is not None else "")
