"""The public face of limits and risk."""

from tests.web.answers import answered, refused
from tests.web.standing import Standing


async def test_a_limit_of_nothing_blocks_a_number(stood: Standing) -> None:
    path = await stood.open()
    limit = answered(await stood.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "0"}))
    assert limit == {"max_amount": "0.00"}
    problem = refused(await stood.place(path, "137 1"), 409, "over-limit")
    assert problem["numbers"] == [
        {"number": "137", "asked": "1.00", "room": "0.00", "bound_by": "number-limit"}
    ]


async def test_a_limit_that_is_removed_binds_no_more(stood: Standing) -> None:
    path = await stood.open()
    await stood.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "0"})
    for _ in range(2):
        removed = answered(await stood.ask("thida", "DELETE", f"{path}/limits/137"))
        assert removed == {"max_amount": None}
    answered(await stood.place(path, "137 1"), 201)


async def test_a_limit_is_set_on_a_draft(stood: Standing) -> None:
    path = await stood.draft()
    answered(await stood.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "5.00"}))
    answered(await stood.ask("min", "POST", f"{path}/opening"))
    problem = refused(await stood.place(path, "137 6"), 409, "over-limit")
    assert problem["numbers"][0]["room"] == "5.00"


async def test_a_limit_is_not_set_after_the_closing(stood: Standing) -> None:
    path = await stood.open()
    await stood.ask("min", "POST", f"{path}/closure")
    limited = await stood.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "5.00"})
    refused(limited, 409, "wrong-state")


async def test_all_offenders_are_named_at_once_with_what_binds_them(stood: Standing) -> None:
    path = await stood.open(global_limit="100.00")
    await stood.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "7.00"})
    problem = refused(await stood.place(path, "137 8\n138 100\n139 101"), 409, "over-limit")
    assert [(one["number"], one["room"], one["bound_by"]) for one in problem["numbers"]] == [
        ("137", "7.00", "number-limit"),
        ("139", "100.00", "global-limit"),
    ]


RISK = {
    "version", "phase", "total_in", "commission", "ticket_count", "bet_count", "worst", "best",
    "expected_profit", "standard_deviation", "var99", "es99", "loss_count", "chance_of_loss",
    "margin", "top_ten_share", "hhi", "numbers",
}  # fmt: skip


async def test_the_risk_is_told_of_all_thousand_numbers_in_order(stood: Standing) -> None:
    path = await stood.open()
    await stood.place(path, "137 500")
    risk = answered(await stood.ask("min", "GET", f"{path}/risk"))
    assert set(risk) == RISK
    assert [one["number"] for one in risk["numbers"]] == [f"{n:03d}" for n in range(1000)]
    number = risk["numbers"][137]
    assert number["total_bet"] == "500.00"
    assert (number["liability"], number["profit"]) == ("40000.00", "-39575.00")
    assert (number["limit"], number["room"]) == ("50000.00", "49500.00")
    assert risk["worst"] == {"number": "137", "profit": "-39575.00"}
    assert (risk["total_in"], risk["commission"], risk["ticket_count"]) == ("500.00", "75.00", 1)


async def test_the_version_grows_with_each_slip(stood: Standing) -> None:
    path = await stood.open()
    versions = []
    for _ in range(3):
        await stood.place(path, "137 1")
        versions.append(answered(await stood.ask("min", "GET", f"{path}/risk"))["version"])
    assert versions == [versions[0], versions[0] + 1, versions[0] + 2]
