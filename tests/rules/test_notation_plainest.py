"""The commonest lines are read without the general reader, and just as that would read them."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from banker.rules.notation import parse, plain_stakes
from banker.rules.notation.fold import fold
from banker.rules.notation.line import read_line
from banker.rules.notation.plainest import LINE
from banker.rules.number import LABELS

settings.register_profile(
    "plainest",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow],
)
steady = settings.get_profile("plainest")

ODD = [
    "",
    "#",
    "\r",
    "\t",
    "total 5",
    "123r 5",
    "123 0",
    "123 0.50",
    "1t 5",
    "၁၂၃ 5",
    "123 ５",
    "x",
]

plain_lines = st.builds(
    "{1}{0}{2}{3}{1}".format,
    st.sampled_from(LABELS),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from([" ", "=", " - ", ",", ". ", " . "]),
    st.integers(1, 999_999_999),
)


@settings(steady)
@given(st.lists(plain_lines, min_size=1), st.sampled_from(["", "\n"]))
def test_a_slip_of_plain_lines_is_read_the_quick_way(lines: list[str], end: str) -> None:
    text = "\n".join(lines) + end
    read = parse(text)
    assert plain_stakes(text) == (None if read.problems else read.stakes)


@settings(steady, max_examples=1000)
@given(
    st.lists(plain_lines | st.sampled_from(ODD)).map("\n".join)
    | st.text("0123456789 =-:/*@,.\n\r\t", max_size=40)
)
@example("")
@example("\n")
@example("123 5\n\n")
@example("\n123 5")
@example("123 5\r\n124 5")
@example("123 999999999\n123 1")
@example("123 5\n" * 2000)
@example("123 5\n" * 2000 + "123 5")
@example("123 5\n" * 2000 + "\n")
@example(f"123 5\n124{' ' * 65527}5")
@example(f"123 5\n124{' ' * 65526}5")
def test_what_is_read_the_quick_way_is_read_so_by_the_general_one(text: str) -> None:
    quick = plain_stakes(text)
    read = parse(text)
    if quick is not None:
        assert read.problems == ()
        assert list(quick.items()) == list(read.stakes.items())


@settings(steady, max_examples=1000)
@given(
    st.text("0123456789", min_size=2, max_size=4),
    st.text(" =-:/*@,.", min_size=1, max_size=3),
    st.text("0123456789", min_size=1, max_size=10),
    st.sampled_from(["", " ", "  "]),
)
def test_the_quick_way_reads_as_the_general_one(
    number: str, mark: str, stake: str, edge: str
) -> None:
    line = f"{edge}{number}{mark}{stake}{edge}"
    if plainest := LINE.fullmatch(line):
        assert read_line(fold(line).text) == [((int(plainest[1]),), int(plainest[2]) * 100)]


@settings(steady, max_examples=200)
@given(
    st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(["", " ", "  "]),
            st.sampled_from(["123", "124", "007", "999", "12", "1234", "12x"]),
            st.sampled_from([" ", "  ", "-", " = ", ".", " . ", ",", "/", "r", "  . "]),
            st.sampled_from(["500", "1", "999999999", "0", "050", "1.50", "1k", "500 "]),
        ),
        max_size=6,
    ),
    st.sampled_from(["\n", "\n\n", "\r\n", "\r", " \n"]),
    st.sampled_from(["", "\n", "\n\n", "\t", "\u2028"]),
)
def test_a_slip_of_plain_lines_alone_is_read_as_the_general_reader_would(
    lines: list[str], between: str, end: str
) -> None:
    text = between.join(lines) + end
    plain = plain_stakes(text)
    if plain is not None:
        read = parse(text)
        assert not read.problems
        assert list(plain.items()) == list(read.stakes.items())


def test_the_plainest_slips_need_no_general_reader() -> None:
    assert plain_stakes("123 500\n 007-1\n123=20") == {7: 100, 123: 52_000}
    assert plain_stakes("123 999999999\n123 1") is None
    assert plain_stakes("") is None
    assert plain_stakes("\n".join(["123 1"] * 2_001)) is None
