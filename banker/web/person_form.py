"""What is typed of a person; which fields count depends on the role."""

from decimal import Decimal
from typing import Any

import msgspec

from banker.books.people import HOLDERS, Person
from banker.errors import Malformed
from banker.rules.money import rate
from banker.web import entered


class PersonEntered(msgspec.Struct, frozen=True):
    """The fields of a person as they stand in the form; an empty partner means none."""

    username: str = ""
    role: str = "collector"
    password: str = ""
    commission_rate: str = "0"
    partner_id: str = ""
    share_percentage: str = "0"

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


def of_person(person: Person) -> PersonEntered:
    """The form as it is filled in for a person who is to be changed."""
    return PersonEntered(
        username=person.username,
        role=person.role,
        commission_rate=rate(person.commission_rate),
        partner_id="" if person.partner_id is None else str(person.partner_id),
        share_percentage=rate(person.share_percentage),
    )


def _partner(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise Malformed("There is no such partner.", field="partner_id")
    return int(typed)
