"""What people paste on the first day is named, and a prefix is taken out only when asked."""

import pytest

from banker.rules.notation import parse, strip_chat_prefixes

PREFIXES = [
    "[12:30] Ma Hla: ",
    "[12:30, 1/2/2026] Ko Aung 2: ",
    "[1/2/26, 12:30:45 PM] ကိုအောင်: ",
    "12/31/25, 12:30 PM - Ma Hla: ",
    "31.12.2025, 12:30 - +95 9 123 456 789: ",
    "\u200e[12:30] ~ Hla: ",
    "[၁၂:၃၀] Ma Hla: ",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_chat_prefix_is_named_and_can_be_taken_out(prefix: str) -> None:
    text = f"{prefix}123 500\r\n456 200\n{prefix}789=5"
    problems = parse(text).problems
    assert [(each.line, each.problem) for each in problems] == [
        (1, "unknown-term"),
        (3, "unknown-term"),
    ]
    assert all("chat" in each.detail for each in problems)
    assert problems[0].text.strip("\u200e") == prefix.strip().strip("\u200e")
    stripped = strip_chat_prefixes(text)
    assert stripped == "123 500\r\n456 200\n789=5"
    assert parse(stripped).problems == ()


@pytest.mark.parametrize("text", ["", "123 500\n456 200", "# [12:30] x: y", "hello: 500", "12:30"])
def test_without_a_prefix_there_is_nothing_to_take_out(text: str) -> None:
    assert strip_chat_prefixes(text) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[12:30] 123: 500", "123: 500"),
        ("[12:30] ၁၂၃: ၅၀၀", "၁၂၃: ၅၀၀"),
        ("[12:30] Total: 500", "Total: 500"),
        ("[12:30] စုစုပေါင်း: 500", "စုစုပေါင်း: 500"),
        ("[12:30] apu 500; 123:500", "apu 500; 123:500"),
    ],
)
def test_no_bet_and_no_total_goes_with_a_prefix(text: str, left: str) -> None:
    assert strip_chat_prefixes(text) == left


@pytest.mark.parametrize("word", ["ထိပ္", "ပိတ္", "ပတ္လည္", "ေခြ", "ျဗိတ္", "ေပါင္း"])
def test_zawgyi_is_named(word: str) -> None:
    (problem,) = parse(f"123 500\n1{word} 500").problems
    assert (problem.line, problem.column, problem.text) == (2, 2, word)
    assert problem.problem == "unknown-term"
    assert "Zawgyi" in problem.detail


@pytest.mark.parametrize("word", ["ထိပ်တန်း", "မင်္ဂလာပါ", "ကျေးဇူး", "အပါး"])
def test_other_burmese_is_not_taken_for_zawgyi(word: str) -> None:
    (problem,) = parse(f"{word} 500").problems
    assert problem.problem == "unknown-term"
    assert "Zawgyi" not in problem.detail
