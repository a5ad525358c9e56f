"""Fields of the wrong kind, too large, too small, or not of this world."""

import pytest

from tests.web.answers import refused
from tests.web.standing import Standing, fresh_key

NUL = "a\0b"


WRONG_AMOUNTS = [
    "-1", "+1", "1e3", "1E3", "1.234", "01", "", " 1", "1 ", "1\n", "1,000", "1_000", ".5", "5.",
    "NaN", "Infinity", "0x10", "١٢٣", "１２", "1\0", "9" * 30, "1" + "0" * 18, "1/2", "1.5.5", "−1",
    5, 5.0, -1, 1e300, True, None, [], {}, ["1"],
]  # fmt: skip


@pytest.mark.parametrize("amount", WRONG_AMOUNTS, ids=repr)
async def test_a_limit_is_money_in_a_string(stood: Standing, amount: object) -> None:
    response = await stood.ask("min", "POST", "/api/phases", {"name": "N", "global_limit": amount})
    assert "global_limit" in refused(response, 400)["detail"]


@pytest.mark.parametrize("amount", [*WRONG_AMOUNTS[::3], "0", "0.00"], ids=repr)
async def test_a_deposit_is_money_in_a_string(stood: Standing, amount: object) -> None:
    body = {"user_id": str(stood.cast.aung.id), "amount": amount, "reason": "r"}
    refused(await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key()), 400)


@pytest.mark.parametrize("amount", WRONG_AMOUNTS[::3], ids=repr)
async def test_a_numbers_limit_is_money_in_a_string(stood: Standing, amount: object) -> None:
    body = {"max_amount": amount}
    refused(await stood.ask("thida", "PUT", "/api/phases/1/limits/137", body), 400)


@pytest.mark.parametrize(
    "rate", ["-1", "100.01", "101", "1e1", "15%", "", "15\n", "1.234", "015", 15, 1.5, None, True],
    ids=repr,
)  # fmt: skip
async def test_a_rate_is_a_percentage_in_a_string(stood: Standing, rate: object) -> None:
    body = {"username": "n", "password": "x" * 8, "role": "collector", "commission_rate": rate}
    refused(await stood.ask("thida", "POST", "/api/users", body), 400)


@pytest.mark.parametrize("multiplier", ["-1", "1e2", "80\n", "80.555", "12345678", "", 80, None])
async def test_a_multiplier_is_a_decimal_in_a_string(stood: Standing, multiplier: object) -> None:
    body = {"name": "N", "prizes": {"straight": multiplier}}
    refused(await stood.ask("min", "POST", "/api/phases", body), 400)


@pytest.mark.parametrize(
    "moment",
    ["2020-01-01T00:00:00Z", "2050-01-01T00:00:00", "2050-01-01", "9999-12-31T23:59:59Z", "soon",
     "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "2050-02-30T00:00:00Z", "", "now",
     "2050-01-01T25:00:00Z", "2050-01-01T00:00:00+99:00", "10000-01-01T00:00:00Z", 4102444800, {}],
    ids=repr,
)  # fmt: skip
async def test_a_closing_time_lies_ahead_and_names_its_zone(
    stood: Standing, moment: object
) -> None:
    for method, path in (("POST", "/api/phases"), ("PATCH", "/api/phases/1")):
        body = {"name": "Nov-16", "closes_at": moment}
        refused(await stood.ask("min", method, path, body), 400)


DRAFTS: dict[str, dict[str, object]] = {
    "an unknown field": {"state": "open"},
    "an unknown field below": {"prizes": {"first": "80"}},
    "prizes as text": {"prizes": "80"},
    "a policy that does not exist": {"over_limit_policy": "cut"},
    "a negative window": {"void_window_s": -1},
    "a window of years": {"void_window_s": 10**9},
    "a huge window": {"void_window_s": 10**30},
    "a window as text": {"void_window_s": "300"},
    "a window as a fraction": {"void_window_s": 1.5},
    "truth as text": {"prizes": {"near_wraps": "true"}},
    "truth as a number": {"prizes": {"near_wraps": 1}},
    "no name": {"name": ""},
    "a blank name": {"name": " \t "},
    "a long name": {"name": "a" * 51},
    "a name of two lines": {"name": "Nov\n16"},
    "a name with NUL": {"name": NUL},
    "a name that is a number": {"name": 16},
    "a name that is null": {"name": None},
}


@pytest.mark.parametrize("fields", DRAFTS.values(), ids=DRAFTS.keys())
async def test_a_draft_with_a_wrong_field_is_malformed(
    stood: Standing, fields: dict[str, object]
) -> None:
    refused(await stood.ask("min", "POST", "/api/phases", {"name": "Nov", **fields}), 400)


PEOPLE: dict[str, dict[str, object]] = {
    "an unknown field": {"id": "7"},
    "a role that does not exist": {"role": "owner"},
    "a role with NUL": {"role": NUL},
    "a name with NUL": {"username": NUL},
    "a name with a line end": {"username": "a\nb"},
    "a blank name": {"username": "  "},
    "a long name": {"username": "a" * 51},
    "a short password": {"password": "short"},
    "a long password": {"password": "x" * 201},
    "a password that is a number": {"password": 12345678},
    "a partner who does not exist": {"partner_id": "999999999"},
    "a partner who is none": {"partner_id": "1"},
    "a partner by name": {"partner_id": "ko"},
    "a partner by number": {"partner_id": 4},
    "a partner far out": {"partner_id": "99999999999"},
    "a share of a collector": {"share_percentage": "10"},
    "a rate of a cashier": {"role": "cashier", "commission_rate": "5"},
}


@pytest.mark.parametrize("fields", PEOPLE.values(), ids=PEOPLE.keys())
async def test_a_person_with_a_wrong_field_is_malformed(
    stood: Standing, fields: dict[str, object]
) -> None:
    body = {"username": "new", "password": "x" * 8, "role": "collector", **fields}
    refused(await stood.ask("thida", "POST", "/api/users", body), 400)


TEXTS: dict[str, tuple[str, str, str, dict[str, object]]] = {
    "a void's reason": ("min", "POST", "/api/phases/1/void", {"reason": NUL}),
    "a deposit's reason": (
        "su", "POST", "/api/cash/deposits", {"user_id": "5", "amount": "1", "reason": NUL},
    ),
    "a withdrawal's reason": (
        "su", "POST", "/api/cash/withdrawals", {"user_id": "5", "amount": "1", "reason": NUL},
    ),
    "a slip's note": ("aung", "POST", "/api/phases/1/tickets", {"text": "1=1", "note": NUL}),
    "a new name": ("thida", "PATCH", "/api/users/5", {"username": NUL}),
    "a phase's new name": ("min", "PATCH", "/api/phases/1", {"name": NUL}),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS.values(), ids=TEXTS.keys())
async def test_a_nul_is_stored_nowhere(
    stood: Standing, case: tuple[str, str, str, dict[str, object]]
) -> None:
    name, method, path, body = case
    refused(await stood.ask(name, method, path, body, fresh_key()), 400)


NOTES = {
    "NUL": NUL,
    "a line end": "for uncle\n999=1000",
    "a carriage return": "for uncle\r999=1000",
    "a line end of Unicode": "for uncle\u2028999=1000",
    "a tab": "for\tuncle",
    "too long": "a" * 501,
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())
async def test_a_note_stands_on_one_line(stood: Standing, note: str) -> None:
    slip = {"text": "001=1", "note": note}
    placed = await stood.ask("aung", "POST", "/api/phases/1/tickets", slip, fresh_key())
    noted = await stood.ask("aung", "PUT", f"/api/tickets/{stood.ticket}/note", {"note": note})
    for response in (placed, noted):
        assert refused(response, 400)["field"] == "note"


async def test_a_nul_in_a_slip_is_unreadable(stood: Standing) -> None:
    refused(await stood.place("/api/phases/1", "137\0 500"), 422, "unreadable-slip")


@pytest.mark.parametrize("reason", ["", "   ", "a\nb", "x" * 201, 7, None])
async def test_a_reason_is_a_line_of_text(stood: Standing, reason: object) -> None:
    refused(await stood.ask("min", "POST", "/api/phases/1/void", {"reason": reason}), 400)


@pytest.mark.parametrize("number", ["1000", "7", "-01", "abc", "13 ", "", "०१२", "13\n", 137, None])
async def test_a_drawn_number_has_three_digits_in_a_string(stood: Standing, number: object) -> None:
    for verb in ("rehearsal", "settlement"):
        body = {"number": number}
        refused(await stood.ask("min", "POST", f"/api/phases/1/{verb}", body), 400)


@pytest.mark.parametrize("switch", ["true", 1, 0, None, []])
async def test_the_intake_is_open_or_not(stood: Standing, switch: object) -> None:
    refused(await stood.ask("thida", "POST", "/api/phases/1/intake", {"open": switch}), 400)
