"""What does not read, why, and where: the rulings of the notation and what follows from them."""

import pytest

from banker.rules.notation import CODES, parse

# Slip, problem, and the text that is underlined where it is worth fixing.
RULINGS = [
    ("120-129 100", "ambiguous", "120-129 100"),
    ("120-129/100", "ambiguous", None),
    ("111-222-333 = 500", "ambiguous", "111-222-333"),
    ("120-129-500", "ambiguous", None),
    ("123 456 789 500", "ambiguous", "123 456 789 500"),
    ("111,222,500", "ambiguous", None),
    ("123,500,000", "ambiguous", None),
    ("123 500 456", "ambiguous", None),
    ("123k 500 456 10k", "ambiguous", None),
    ("123k500", "ambiguous", None),
    ("123 1,000 456 2,000", "bad-stake", "1,000"),
    ("12*500", "ambiguous", None),
    ("1**500", "ambiguous", None),
    ("123**500", "ambiguous", None),
    ("123x500", "ambiguous", None),
    ("123×500", "ambiguous", None),
    ("xxx", "unknown-term", "xxx"),
    ("***", "unknown-term", "***"),
    ("t 500", "unknown-term", "t"),
    ("12t 500", "unknown-term", "12t"),
    ("112 k", "unknown-term", "112 k"),
    ("1k 500", "unknown-term", "1k"),
    ("123 500 r", "no-stake", None),
    ("123 500r", "no-stake", None),
    ("123 =", "no-stake", None),
    ("123", "no-stake", "123"),
    ("111 500 r 300", "no-orders", "111"),
    ("123r 500 r 300", "ambiguous", None),
    ("129~120 = 5", "bad-range", "129~120"),
    ("123 050", "bad-stake", "050"),
    ("123 0", "bad-stake", "0"),
    ("123 5.555", "bad-stake", "5.555"),
    ("1.555k", "bad-stake", "1.555k"),
    ("123 1.555k", "bad-stake", "1.555k"),
    ("123 1e5", "bad-stake", "1e5"),
    ("123 NaN", "bad-stake", "NaN"),
    ("123 ५००", "bad-stake", "५००"),
    ("123 500 # x", "unknown-term", "# x"),
    ("hello 500", "unknown-term", "hello"),
    ("hello there", "unknown-term", "hello there"),
    ("total 5\ntotal 5\n123 5", "total-differs", "total 5"),
    ("# nothing\n---\n# but comments", "empty", ""),
]

ALIKE = [
    ("", "empty", ""),
    (" \n\t\n", "empty", ""),
    ("12 700", "not-three-digits", "12"),
    ("1234 500", "not-three-digits", "1234"),
    ("123500", "not-three-digits", "123500"),
    ("12-700", "not-three-digits", "12"),
    ("12 = 500", "not-three-digits", "12"),
    ("5.5k", "not-three-digits", None),
    # Where a dash, a dot or a comma could be two things.
    ("120-129.50", "ambiguous", None),
    ("120-129,100", "ambiguous", None),
    ("111 222,500", "ambiguous", None),
    ("111/222.50", "ambiguous", None),
    ("111/222,500", "ambiguous", None),
    ("111/222/333,500", "ambiguous", None),
    ("111 222 333.50", "ambiguous", None),
    ("111 222.500", "ambiguous", None),
    ("123,500.50", "ambiguous", None),
    ("123.5.50", "ambiguous", None),
    ("123,1,000", "ambiguous", None),
    ("123 .5", "ambiguous", None),
    ("123 456.5k", "ambiguous", None),
    ("123--500", "ambiguous", None),
    ("123 x 500", "ambiguous", None),
    ("12x500", "ambiguous", None),
    ("120~129500", "ambiguous", None),
    ("111/222-333 444", "ambiguous", None),
    ("111:222-500", "ambiguous", None),
    ("111 222/333-500", "ambiguous", None),
    ("111, 222, 333", "ambiguous", None),
    ("123 500, 200", "ambiguous", None),
    ("123, 500 r 300", "ambiguous", None),
    ("111/222 500r300", "ambiguous", None),
    ("123/500r300", "ambiguous", None),
    ("111 222,333r50", "ambiguous", None),
    ("123-500 456-200", "ambiguous", None),
    ("123 500,456 200", "ambiguous", None),
    ("111 222 50", "ambiguous", None),
    ("1t 5p 500", "ambiguous", None),
    ("123 10k 456 20k", "ambiguous", None),
    ("123 50 r 30 456 20", "ambiguous", None),
    ("123r50 1t20", "ambiguous", None),
    ("123r50 hello", "unknown-term", "hello"),
    ("123-50 hello", "unknown-term", "hello"),
    ("120~129 = 500 r 300", "ambiguous", None),
    ("123r = 500 r 300", "ambiguous", None),
    ("123 456 r = 500", "ambiguous", "123 456 r"),
    ("123 = 500 = 600", "ambiguous", None),
    ("123=500; 456=200", "ambiguous", None),
    ("123 = 500; 456 200", "ambiguous", None),
    # Terms.
    ("1t-500", "unknown-term", None),
    ("123r/500", "unknown-term", None),
    ("apu-500", "unknown-term", None),
    ("11k 500", "unknown-term", "11k"),
    ("01234567890k 5", "unknown-term", None),
    ("1p5t 500", "unknown-term", None),
    ("120~120 = 5", "bad-range", "120~120"),
    ("129-120 = 5", "bad-range", "129-120"),
    ("12~129 = 5", "bad-range", "12~129"),
    ("= 500", "unknown-term", "="),
    ("111,,222 = 500", "unknown-term", None),
    ("111, 222, = 500", "unknown-term", ","),
    ("123 500;", "unknown-term", ";"),
    ("123 500,, 456 200", "bad-stake", None),
    ("--", "unknown-term", "--"),
    ("123 500 total 500", "unknown-term", "total"),
    ("totally 500", "unknown-term", "totally"),
    ("123² 500", "unknown-term", "123²"),
    ("①②③ 500", "unknown-term", "①②③"),
    ("१२३ 500", "unknown-term", "१२३"),
    ("ဝထိပ် 500", "unknown-term", "ဝထိပ်"),
    ("\u202e123 500", "unknown-term", "\u202e123"),
    # Stakes.
    ("123-", "no-stake", None),
    ("1t 5p", "no-stake", None),
    ("123r 456r", "no-stake", None),
    ("123 50r", "no-stake", None),
    ("123 = 500 r", "no-stake", None),
    ("123 50 456", "no-stake", "456"),
    ("123 50, 456", "no-stake", "456"),
    ("123r, 456r 500", "no-stake", "123r"),
    ("123 12ခွေ", "no-stake", "12ခွေ"),
    ("total", "no-stake", "total"),
    ("total lots", "bad-stake", "lots"),
    ("123 = 050", "bad-stake", "050"),
    ("123 = -500", "bad-stake", "-500"),
    ("123 = 500 600", "bad-stake", None),
    ("123 0.00", "bad-stake", None),
    ("123 00.5", "bad-stake", None),
    ("123 1,00", "bad-stake", "1,00"),
    ("123=1,0000", "bad-stake", None),
    ("123 1000000000", "bad-stake", "1000000000"),
    ("123 1000001k", "bad-stake", None),
    ("123 " + "9" * 5000, "bad-stake", None),
    ("123 500 r 050", "bad-stake", "050"),
    ("123 1,000 r 500", "bad-stake", "1,000"),
    ("123r050", "bad-stake", "050"),
    ("123 5 k", "unknown-term", None),
    ("123 $500 ks", "ambiguous", None),
]


@pytest.mark.parametrize(("slip", "problem", "text"), RULINGS + ALIKE)
def test_a_slip_is_refused(slip: str, problem: str, text: str | None) -> None:
    read = parse(slip)
    assert problem in CODES
    assert [each.problem for each in read.problems] == [problem]
    assert text is None or read.problems[0].text == text


@pytest.mark.parametrize(
    ("slip", "line", "column", "text"),
    [
        ("123 500\nhello there", 2, 1, "hello there"),
        ("\r\n\r\n  123 0", 3, 7, "0"),
        ("၁\u200b၂၃ \t ၀", 1, 8, "၀"),
        ("123 500; 12 500", 1, 10, "12"),
        ("1ထိပ် 5; 12ထိပ် 5", 1, 10, "12ထိပ်"),
        ("123 500, 456 1,00", 1, 14, "1,00"),
        ("１１１，１２　＝　５", 1, 5, "１２"),
    ],
)
def test_a_problem_stands_where_the_text_as_it_came_has_it(
    slip: str, line: int, column: int, text: str
) -> None:
    (problem,) = parse(slip).problems
    assert (problem.line, problem.column, problem.text) == (line, column, text)


def test_each_thing_wrong_in_a_line_is_told() -> None:
    problems = parse("12 345 hello = 0\n123 500; 5 5; x").problems
    assert [(each.line, each.column, each.problem) for each in problems] == [
        (1, 1, "not-three-digits"),
        (1, 8, "unknown-term"),
        (1, 16, "bad-stake"),
        (2, 10, "not-three-digits"),
        (2, 15, "unknown-term"),
    ]


def test_the_detail_says_what_is_wrong_and_how_to_write_it() -> None:
    (problem,) = parse("12 700").problems
    assert problem.detail == "“12 700” — a number has three digits. Did you mean 012 or 120?"


def test_other_lines_still_show_how_they_read() -> None:
    read = parse("123 500\nhello\n456 200\n789 5; hello")
    assert [line.line for line in read.lines] == [1, 3]
    assert [bet.number for bet in read.bets] == [123, 456]
    assert [problem.line for problem in read.problems] == [2, 4]


def test_a_total_that_differs_shows_both_sums() -> None:
    (problem,) = parse("123 500\n456 200\ntotal: 1,000 ks").problems
    assert (problem.problem, problem.line, problem.text) == ("total-differs", 3, "total: 1,000 ks")
    assert "700" in problem.detail
    assert "1,000" in problem.detail


def test_a_total_is_not_blamed_while_another_line_does_not_read() -> None:
    read = parse("123 500\nhello\ntotal 800")
    assert [problem.problem for problem in read.problems] == ["unknown-term"]
    assert [line.reading for line in read.lines] == ["1 × 500", ""]


def test_the_stakes_on_one_number_fit_into_one_bet() -> None:
    largest = "123=999999999.99"
    assert parse(largest).problems == ()
    (problem,) = parse(f"{largest}\n123 0.01").problems
    assert (problem.line, problem.problem, problem.text) == (2, "bad-stake", "123 0.01")


def test_a_slip_has_at_most_2000_lines() -> None:
    assert parse("123 1\n" * 2000).problems == ()
    (problem,) = parse("123 1\n" * 2001).problems
    assert (problem.line, problem.problem) == (2001, "too-long")


def test_a_slip_has_at_most_64_kib_of_text() -> None:
    assert parse("123 1\n#" + "x" * (65536 - 7)).problems == ()
    for text in ("123 1\n#" + "x" * (65536 - 6), "123 1\n#" + "က" * 22000):
        read = parse(text)
        assert [problem.problem for problem in read.problems] == ["too-long"]
        assert read.bets == ()


def test_a_slip_names_at_most_100_000_numbers() -> None:
    assert parse("0123456789k 1\n" * 100).problems == ()
    read = parse("0123456789k 1\n" * 100 + "123 1\n123 1")
    assert [(each.line, each.problem) for each in read.problems] == [(101, "too-long")]
    assert len(read.lines) == 100
