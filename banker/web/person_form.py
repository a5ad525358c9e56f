"""What is typed of a person; which fields count depends on the role."""

from decimal import Decimal
from typing import Any

import msgspec

from banker.books.people import HOLDERS, Person, read_username
from banker.errors import Malformed
from banker.rules.money import rate
from banker.web import entered, meanwhile
from banker.web.meanwhile import Filled


class PersonEntered(msgspec.Struct, frozen=True):
    """The fields of a person as they stand in the form; an empty partner means none, and
    `was` is what the form was filled in with."""

    username: str = ""
    role: str = "collector"
    password: str = ""
    commission_rate: str = "0"
    partner_id: str = ""
    share_percentage: str = "0"
    was: str = ""

    def terms(self, role: str) -> dict[str, Any]:
        """The rates and the partner of someone in a role; fields of other roles are passed over.
        Raises `Malformed` with the field that is wrong."""
        earns, brought_in, shares = role in HOLDERS, role == "collector", role == "partner"
        return {
            "commission_rate": entered.rate(self.commission_rate, "commission_rate")
            if earns
            else Decimal(0),
            "partner_id": _partner(self.partner_id) if brought_in else None,
            "share_percentage": entered.rate(self.share_percentage, "share_percentage")
            if shares
            else Decimal(0),
        }

    def changes(self, person: Person) -> dict[str, Any]:
        """What the sender changed of a person. Raises `Malformed`, and `ChangedMeanwhile` where
        somebody else changed the same."""
        amended = self._amended(person)
        changed = meanwhile.touched(*self._sides(amended, person))
        return {name: getattr(amended, name) for name in changed}

    def rebased(self, person: Person) -> "PersonEntered":
        """The form filled in anew, with what the sender changed left as it was typed."""
        return meanwhile.rebased(
            self, of_person(person), *self._sides(self._amended(person), person)
        )

    def _amended(self, person: Person) -> Person:
        terms = self.terms(person.role)
        return msgspec.structs.replace(person, username=read_username(self.username), **terms)

    def _sides(self, amended: Person, person: Person) -> tuple[Filled, Filled, Filled]:
        """As it was typed, as it was filled in, and as it would be filled in now."""
        now = _texts(person)
        return _texts(amended), meanwhile.recalled(self.was, now), now


def of_person(person: Person) -> PersonEntered:
    """The form as it is filled in for a person who is to be changed."""
    texts = _texts(person)
    return PersonEntered(role=person.role, **texts, was=meanwhile.remembered(texts))


def _texts(person: Person) -> dict[str, str]:
    return {
        "username": person.username,
        "commission_rate": rate(person.commission_rate),
        "partner_id": "" if person.partner_id is None else str(person.partner_id),
        "share_percentage": rate(person.share_percentage),
    }


def _partner(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise Malformed("There is no such partner.", field="partner_id")
    return int(typed)
