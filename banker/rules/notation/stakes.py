"""What stands to the right of the mark: a stake, and perhaps another for the other orders."""

import re
from typing import NamedTuple

from banker.rules.notation.problem import (
    AMBIGUOUS,
    BAD_STAKE,
    NO_ORDERS,
    NO_STAKE,
    Complaint,
    Unreadable,
)
from banker.rules.notation.stake import LONGEST_STAKE, is_stake_shaped, read_stake, trouble
from banker.rules.notation.term import expand
from banker.rules.number import label, other_orders

_figures = re.compile("[0-9.,]+k?")

# Which numbers, and how many cents on each of them.
Groups = list[tuple[tuple[int, ...], int]]


class Stakes(NamedTuple):
    """Cents on each number named and, after an `r`, on each of its other orders."""

    each: int
    orders: int | None = None


def read_stakes(text: str, *, after_equals: bool = False) -> Stakes | None:
    """`500`, `500 r 300`, `1k ks`: `None` where it does not read.

    Without `=` thousands may be separated only in the last word of the line.
    """
    first, r, second = text.partition("r")
    if not r:
        each = read_stake(text)
        return None if each is None else Stakes(each)
    if len(text) > 2 * LONGEST_STAKE:
        return None
    each = read_stake(first.removesuffix(" "), grouped=after_equals)
    orders = read_stake(second.removeprefix(" "))
    return None if each is None or orders is None else Stakes(each, orders)


def put(numbers: list[tuple[int, int]], stakes: Stakes) -> Groups:
    """Stakes on plain numbers, given with the places where they stand in the line.

    In a list, a triple has no other orders and just gets its own stake. Raises `Unreadable`
    where a triple stands alone: there the second stake can only be a mistake.
    """
    named = tuple(number for number, _ in numbers)
    groups: Groups = [(named, stakes.each)]
    if stakes.orders is None:
        return groups
    orders = tuple(order for number in named for order in other_orders(number))
    if len(set(named)) == 1 and not orders:
        number, at = numbers[0]
        words = f"{label(number)} has no other order; leave out the r and its stake."
        raise Unreadable([Complaint(at, at + 3, NO_ORDERS, words)])
    return [*groups, (orders, stakes.orders)] if orders else groups


def stakes_complaint(text: str, at: int) -> Complaint:
    """What is wrong with a text that stands where stakes should; `text` is not empty."""
    first, r, second = text.partition("r")
    first, second = first.rstrip(" "), second.lstrip(" ")
    if not r or not _figures.fullmatch(first):
        return _stake_complaint(text, at)
    if read_stake(first, grouped=not second) is None:
        return _stake_complaint(first, at)
    if not second:
        words = "the r has no stake of its own: 123 500 r 300."
        return Complaint(at, at + len(text), NO_STAKE, words)
    return _stake_complaint(second, at + len(text) - len(second))


def _stake_complaint(text: str, at: int) -> Complaint:
    if expand(text) and not text.isdecimal() and not is_stake_shaped(text):
        words = f"{text} is no stake; one is missing after it."
        return Complaint(at, at + len(text), NO_STAKE, words)
    return Complaint(at, at + len(text), BAD_STAKE, trouble(text))


def two_ways(text: str, at: int, words: str) -> Unreadable:
    """The refusal of a span that could be read in two ways."""
    return Unreadable([Complaint(at, at + len(text), AMBIGUOUS, words)])
