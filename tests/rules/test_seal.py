from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from itertools import repeat
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules.seal import leaf, proof, root, seal, verify

PLACED_AT = datetime(2025, 11, 20, 23, 45, 1, 123456, tzinfo=UTC)
TICKET = {
    "phase_id": 12,
    "sequence": 345,
    "ticket_id": UUID("01234567-89ab-cdef-0123-456789abcdef"),
    "collector_id": 9,
    "placed_at": PLACED_AT,
    "stakes": {7: 500_00, 120: 1_50},
    "factors": [100, 50],
    "total_cents": 501_50,
}


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """The tree hash as RFC 6962 section 2.1 defines it, over leaves that are hashed already."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def defined_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path as RFC 6962 section 2.1.1 defines it."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*defined_path(index, leaves[:split]), defined_root(leaves[split:])]
    return [*defined_path(index - split, leaves[split:]), defined_root(leaves[:split])]


def hashes(count: int) -> list[bytes]:
    return [sha256(b"\x00" + str(index).encode()).digest() for index in range(count)]


def test_the_root_follows_the_published_vectors() -> None:
    # The inputs and the root that certificate transparency's own tests use.
    inputs = ["", "00", "10", "2021", "3031", "40414243"]
    inputs += ["5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [sha256(b"\x00" + bytes.fromhex(text)).digest() for text in inputs]
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_root_and_every_path_follow_the_definition() -> None:
    for size in range(1, 40):
        leaves = hashes(size)
        assert root(iter(leaves)) == defined_root(leaves)
        for index in range(size):
            path = proof(leaves, index)
            assert path == defined_path(index, leaves)
            assert verify(leaves[index], index, size, path, root(leaves))


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
def test_a_proof_holds_for_its_own_leaf_and_place_only(size_index: tuple[int, int]) -> None:
    size, index = size_index
    leaves = hashes(size)
    path, whole = proof(leaves, index), root(leaves)
    assert verify(leaves[index], index, size, path, whole)
    assert not verify(sha256(b"other").digest(), index, size, path, whole)
    assert not verify(leaves[index], index, size, path, sha256(b"other").digest())
    assert not verify(leaves[index], index, size, [*path, whole], whole)
    assert not any(verify(leaves[index], i, size, path, whole) for i in range(size) if i != index)
    if path:
        assert not verify(leaves[index], index, size, path[:-1], whole)
        assert not verify(leaves[index], index, size, [whole, *path[1:]], whole)


def test_a_place_outside_the_tree_has_no_proof() -> None:
    leaves = hashes(3)
    for index in (-1, 3):
        assert not verify(leaves[0], index, 3, [], root(leaves))
        with pytest.raises(IndexError):
            proof(leaves, index)
    assert not verify(leaves[0], 0, 0, [], root([]))


def test_a_proof_of_a_larger_tree_does_not_pass_for_a_smaller_one() -> None:
    leaves = hashes(2)
    assert verify(leaves[1], 1, 2, [leaves[0]], root(leaves))
    assert not verify(leaves[1], 0, 1, [leaves[0]], root(leaves))


def test_a_root_is_taken_from_a_stream_without_keeping_it() -> None:
    level = leaf_hash = sha256(b"same").digest()
    for _ in range(16):
        level = sha256(b"\x01" + level + level).digest()
    assert root(repeat(leaf_hash, 2**16)) == level


def test_a_leaf_is_the_bytes_that_are_told() -> None:
    fields = [
        b"12",
        b"345",
        b"01234567-89ab-cdef-0123-456789abcdef",
        b"9",
        b"1763682301123456",
        b"007:500.00:1.00,120:1.50:0.50",
        b"501.50",
    ]
    told = b"\x00" + b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    assert leaf(**TICKET) == sha256(told).digest()


def test_a_leaf_does_not_depend_on_the_time_zone() -> None:
    local = PLACED_AT.astimezone(timezone(timedelta(hours=6, minutes=30)))
    assert leaf(**(TICKET | {"placed_at": local})) == leaf(**TICKET)


@given(
    st.dictionaries(st.integers(0, 999), st.integers(1, 99_999_999_999), min_size=1),
    st.data(),
)
def test_any_bets_are_told_as_number_amount_and_factor(
    stakes: dict[int, int], data: st.DataObject
) -> None:
    stakes = dict(sorted(stakes.items()))
    size = len(stakes)
    factors = data.draw(
        st.none() | st.lists(st.integers(0, 100), min_size=size, max_size=size), label="factors"
    )
    bets = ",".join(
        f"{number:03d}:{Decimal(cents) / 100:.2f}:{Decimal(factor) / 100:.2f}"
        for (number, cents), factor in zip(stakes.items(), factors or [100] * size, strict=True)
    )
    total = sum(stakes.values())
    fields = ["12", "345", str(TICKET["ticket_id"]), "9", "1763682301123456"]
    fields += [bets, f"{Decimal(total) / 100:.2f}"]
    told = b"".join(len(field).to_bytes(4, "big") + field.encode() for field in fields)
    change = {"stakes": stakes, "factors": factors, "total_cents": total}
    assert leaf(**(TICKET | change)) == sha256(b"\x00" + told).digest()


def test_a_bet_counts_in_full_where_no_factors_are_given() -> None:
    whole = leaf(**(TICKET | {"factors": [100, 100]}))
    assert leaf(**(TICKET | {"factors": None})) == whole != leaf(**TICKET)


def test_factors_that_are_not_one_a_bet_are_refused() -> None:
    for factors in ([], [100], [100, 50, 100]):
        with pytest.raises(ValueError):
            leaf(**(TICKET | {"factors": factors}))


@pytest.mark.parametrize(
    "change",
    [
        {"phase_id": 13},
        {"sequence": 346},
        {"ticket_id": 1},
        {"collector_id": 10},
        {"placed_at": PLACED_AT + timedelta(microseconds=1)},
        {"stakes": {7: 500_00}, "factors": [100]},
        {"stakes": {7: 500_00, 121: 1_50}},
        {"stakes": {7: 500_01, 120: 1_49}},
        {"stakes": {120: 1_50, 7: 500_00}, "factors": [50, 100]},
        {"factors": [100, 51]},
        {"factors": None},
        {"total_cents": 501_51},
    ],
)
def test_a_leaf_changes_with_anything_on_the_ticket(change: dict[str, object]) -> None:
    assert leaf(**(TICKET | change)) != leaf(**TICKET)


def test_digits_cannot_move_from_one_field_to_the_next() -> None:
    assert leaf(**(TICKET | {"phase_id": 1, "sequence": 2345})) != leaf(**TICKET)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        leaf(**(TICKET | {"placed_at": PLACED_AT.replace(tzinfo=None)}))


def test_the_seal_tells_voided_tickets_apart() -> None:
    whole = root(hashes(5))
    told = b"\x02" + (32).to_bytes(4, "big") + whole + (4).to_bytes(4, "big") + b"2,11"
    assert seal(whole, [11, 2]) == seal(whole, {2, 11}) == sha256(told).digest()
    assert len({seal(whole, []), seal(whole, [2]), seal(whole, [211]), seal(whole, [2, 11])}) == 4
