"""What is true of every slip, tried on many."""

import re
from decimal import Decimal
from itertools import permutations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from banker.rules.money import LARGEST_STAKE, to_cents
from banker.rules.notation import CODES, Bet, parse, strip_chat_prefixes, write
from banker.rules.notation.fold import fold
from banker.rules.notation.line import is_silent

settings.register_profile(
    "notation",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)
steady = settings.get_profile("notation")

LABELS = [f"{number:03d}" for number in range(1000)]
WORDS = [
    *("123", "112", "111", "5", "50", "500", "1,000", "222,500", "2.50", "12k", "1k", "050", "0"),
    *("r", "t", "p", "a", "k", "b", "v", "apu", "1t5p", "5a", "12x", "1*3", "x", "*", "?", "×"),
    *(" ", " ", " ", "  ", "=", "-", ":", "/", "*", "@", ",", ", ", ".", ";", "; ", "~", ".."),
    *("\n", "\r\n", "\r", "#", "---", "total", "ks", "kyat", "$", "฿", "hello", "၁၂၃", "๕", "ဝ"),
    *("အာ", "ထိပ်", "ခွေ", "အပူး", "ကျပ်", "ပေါင်း", "ထိပ္", "\u200b", "５", "Ｋ", "—", "५", "²", "\ud800"),
    *("[12:30] Hla: ", "\t", "\u3000", "\ufeff", "%", "120~129", "129..120"),
]
slips = st.lists(st.sampled_from(WORDS), max_size=14).map("".join)
digits = st.sampled_from("0123456789")
stakes = st.decimals(Decimal("0.01"), Decimal("999999999.99"), places=2)
bets = st.dictionaries(st.integers(0, 999), stakes, min_size=1).map(
    lambda amounts: [Bet(number, amount) for number, amount in sorted(amounts.items())]
)


def named(term: str) -> set[str]:
    read = parse(f"{term} = 7")
    assert read.problems == ()
    return {f"{bet.number:03d}" for bet in read.bets}


def check_truths(text: str) -> None:
    read = parse(text)
    lines = re.split("\r\n|\r|\n", text)
    for problem in read.problems:
        assert problem.problem in CODES
        assert problem.detail
        start = problem.column - 1
        assert lines[problem.line - 1][start : start + len(problem.text)] == problem.text
    told = {line.line for line in read.lines} | {problem.line for problem in read.problems}
    for number, line in enumerate(lines, 1):
        assert number in told or is_silent(fold(line).text)
    for line in read.lines:
        assert lines[line.line - 1] == line.text
        assert line.count > 0 or fold(line.text).text.startswith("total")
    numbers = [bet.number for bet in read.bets]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == read.count
    assert sum(bet.amount for bet in read.bets) == read.total
    assert sum(line.amount for line in read.lines) == read.total
    assert read.bets or read.problems
    strip_chat_prefixes(text)


@settings(steady, max_examples=1500)
@given(slips)
def test_nothing_is_skipped_and_problems_stand_in_the_text(text: str) -> None:
    check_truths(text)


@settings(steady)
@given(st.text(st.characters(), max_size=60))
@example("\ud800 \udfff")
@example("\x00")
@example("123 500\x1c")
@example("\x85\u2028")
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    check_truths(text)


@settings(steady, max_examples=100)
@given(bets)
def test_the_normal_form_reads_back_to_the_same_bets(written: list[Bet]) -> None:
    read = parse(write(written))
    assert read.problems == ()
    assert list(read.bets) == written


@settings(steady, max_examples=100)
@given(bets)
def test_stakes_are_the_bets_in_cents_in_number_order(written: list[Bet]) -> None:
    stakes = parse(write(reversed(written))).stakes
    assert list(stakes.items()) == [(bet.number, to_cents(bet.amount)) for bet in written]
    assert all(
        type(cents) is int and 0 < cents <= to_cents(LARGEST_STAKE) for cents in stakes.values()
    )


@settings(steady, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["123", "5a", "apu", "12x", "1t5p"]), stakes), max_size=9)
)
def test_a_number_gets_the_sum_of_all_that_name_it(lines: list[tuple[str, Decimal]]) -> None:
    lines = [(term, amount / 100) for term, amount in lines]
    lines = [(term, amount.quantize(Decimal("0.01"))) for term, amount in lines]
    lines = [(term, amount) for term, amount in lines if amount]
    read = parse("\n".join(f"{term}={amount}" for term, amount in lines))
    expected: dict[str, Decimal] = {}
    for term, amount in lines:
        for number in named(term):
            expected[number] = expected.get(number, Decimal(0)) + amount
    assert {f"{bet.number:03d}": bet.amount for bet in read.bets} == expected


@settings(steady, max_examples=60)
@given(st.sampled_from(LABELS))
def test_orders_are_the_different_orders_of_the_digits(number: str) -> None:
    orders = {"".join(order) for order in permutations(number)}
    assert named(number) == {number}
    assert named(f"{number}r") == orders
    if len(orders) > 1:
        read = parse(f"{number} 500 r 300")
        assert {f"{bet.number:03d}": bet.amount for bet in read.bets} == {
            order: Decimal(500 if order == number else 300) for order in orders
        }


@settings(steady, max_examples=60)
@given(digits, digits)
def test_letters_name_what_their_definitions_say(one: str, other: str) -> None:
    assert named(f"{one}t") == {label for label in LABELS if label[0] == one}
    assert named(f"{one}p") == {label for label in LABELS if label[2] == one}
    assert named(f"{one}t{other}p") == named(f"{one}t") & named(f"{other}p")
    assert named(f"{one}t {other}p") == named(f"{one}t") | named(f"{other}p")
    assert named(f"{one}a") == {label for label in LABELS if one in label}
    for letter in "bv":
        assert named(one + letter) == {
            label for label in LABELS if sum(map(int, label)) % 10 == int(one)
        }


def test_triples_are_ten() -> None:
    assert named("apu") == {digit * 3 for digit in "0123456789"}


@settings(steady, max_examples=100)
@given(st.text("0123456789", min_size=2, max_size=10).filter(lambda text: len(set(text)) > 1))
def test_k_names_all_made_of_its_digits(made: str) -> None:
    assert named(f"{made}k") == {label for label in LABELS if set(label) <= set(made)}
    assert len(named(f"{made}k")) == len(set(made)) ** 3


@settings(steady, max_examples=100)
@given(
    st.text("0123456789x*?", min_size=3, max_size=3).filter(lambda text: re.search("[0-9]", text))
)
def test_a_mark_in_a_pattern_is_any_digit(shape: str) -> None:
    pattern = re.compile(re.sub("[x*?]", "[0-9]", shape))
    assert named(shape) == {label for label in LABELS if pattern.fullmatch(label)}


@settings(steady, max_examples=60)
@given(st.sampled_from(LABELS), st.sampled_from(LABELS))
def test_a_range_rises_and_has_both_its_ends(first: str, last: str) -> None:
    for sign in ("~", "..", "-"):
        if first < last:
            assert named(f"{first}{sign}{last}") == {x for x in LABELS if first <= x <= last}
        else:
            (problem,) = parse(f"{first}{sign}{last} = 5").problems
            assert problem.problem == "bad-range"


@settings(steady)
@given(st.characters(exclude_categories=("Cs",)))
@example("²")
@example("①")
@example("५")
@example("\u212a")
def test_folding_makes_digits_and_letters_of_nothing_else(sign: str) -> None:
    folded = fold(f"1{sign}1").text[1:-1]
    is_full_width = 0xFF01 <= ord(sign) <= 0xFF5E
    if folded != (sign.lower() if sign.isascii() else sign) and not is_full_width:
        is_digit = 0x1040 <= ord(sign) <= 0x1049 or 0x0E50 <= ord(sign) <= 0x0E59 or sign == "ဝ"
        assert folded in {"", " ", "-"} or (is_digit and folded in "0123456789")
