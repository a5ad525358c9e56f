"""What is typed at the counter: the forms, and what each asks of the desk."""

import secrets
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from litestar.enums import RequestEncodingType
from litestar.params import Body

from banker.books.request import Answer
from banker.errors import InsufficientFunds, KeyMissing, KeyReused, Malformed, Refusal
from banker.web import entered
from banker.web.api.fields import LARGEST_MOVEMENT, LAST_YEAR, read_id
from banker.web.counting import Desk
from banker.web.entered import errors_of
from banker.web.rendering import shown

LONGEST_REASON = 200
SENT_BEFORE = (
    "This form was sent before, and done: see the last transfers. "
    "Send it again only if this is meant as another movement."
)

Operation = Literal["deposit", "withdraw", "repay", "advance", "credit", "bonus", "earning"]


class Form(msgspec.Struct, frozen=True):
    """A form of the counter: where it is sent, what it is called, and the key that reaches it."""

    operation: Operation
    path: str
    title: str
    verb: str
    shortcut: str


FORMS = (
    Form("deposit", "deposits", "Money in", "Take in", "d"),
    Form("withdraw", "withdrawals", "Money out", "Pay out", "w"),
    Form("repay", "repayments", "Repay credit", "Take in", "r"),
    Form("advance", "advances", "Pay out credit", "Pay out", "a"),
    Form("credit", "credit-limits", "Credit limit", "Set the limit", "c"),
    Form("bonus", "bonuses", "Bonus", "Grant", "b"),
)
# Of a partner alone, and only while something waits to be paid.
EARNING = Form("earning", "earnings", "Earnings", "Pay earnings", "e")
BY_PATH = {form.path: form for form in (*FORMS, EARNING)}


class Typed(msgspec.Struct, frozen=True):
    """One of the forms as it is typed; `key` makes it happen once. A bonus alone has a requirement
    and an end, and either may be empty. What a partner is paid is not typed: it is what was shown.
    """

    user_id: str = ""
    amount: str = ""
    reason: str = ""
    requirement: str = ""
    expires_at: str = ""
    key: str = ""


SentTyped = Annotated[Typed, Body(media_type=RequestEncodingType.URL_ENCODED)]


def fresh() -> dict[str, Typed]:
    """All forms, empty, each with a key of its own."""
    return {form.operation: Typed(key=fresh_key()) for form in BY_PATH.values()}


def fresh_key() -> str:
    """A key that no form has had."""
    return secrets.token_urlsafe(16)


async def send(desk: Desk, operation: Operation, typed: Typed, zone: ZoneInfo) -> Answer:
    """Ask the desk for what was typed: the same request as the API's. Raises `Malformed` with the
    field that is wrong, and whatever the desk refuses."""
    user_id = read_id(typed.user_id, "person")
    if operation == "credit":
        limit = total(typed.amount, "amount")
        return await desk.grant_credit(user_id, limit, _reason(typed))
    amount = entered.movement(typed.amount, "amount")
    if operation == "earning":
        return await desk.pay_earnings(user_id, amount, _reason(typed))
    if operation != "bonus":
        return await desk.move(operation, user_id, amount, _reason(typed))
    requirement = None
    if typed.requirement.strip():
        requirement = entered.movement(typed.requirement, "requirement")
    expires_at = entered.moment(typed.expires_at, "expires_at", zone)
    if expires_at is not None and expires_at.year > LAST_YEAR:
        raise Malformed("That time lies out of reach.", field="expires_at")
    return await desk.grant_bonus(user_id, amount, _reason(typed), requirement, expires_at)


def total(typed: str, field: str) -> Decimal:
    """Money that may be nothing: a limit, or what is in a drawer. Raises `Malformed`."""
    amount = entered.amount(typed, field)
    if amount > LARGEST_MOVEMENT:
        raise Malformed(f"At most {LARGEST_MOVEMENT:,}.", field=field)
    return amount


def told(operation: Operation, refusal: Refusal) -> dict[str, str]:
    """What the form says of a refusal, by field."""
    if isinstance(refusal, InsufficientFunds):
        held = shown(Decimal(str(refusal.facts["available"])))
        place = "in cash" if operation == "withdraw" else "of the credit left to draw"
        return {"amount": f"There is {held} {place}; no more can be paid out."}
    if isinstance(refusal, KeyReused):
        return {"": SENT_BEFORE}
    if operation == "repay" and "drawn" in refusal.facts:
        return {"amount": refusal.detail}
    return errors_of(refusal)


def again(typed: Typed, refusal: Refusal) -> Typed:
    """The form as it was typed, to be mended; with a new key where the old one is of no use."""
    spent = isinstance(refusal, KeyReused | KeyMissing)
    return msgspec.structs.replace(typed, key=fresh_key()) if spent else typed


def _reason(typed: Typed) -> str:
    return entered.text(typed.reason, "reason", LONGEST_REASON)
