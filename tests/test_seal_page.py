"""The worked example of docs/seal.md, and the program that it gives to anybody."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from banker.rules import seal
from tests.proving import PAGE, blocks, check

[SOURCE] = blocks("python")
[EXAMPLE] = [json.loads(block) for block in blocks("json")]
ROWS = re.findall(r"^\| leaf \d \| (.*?) \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)
FIELDS = [re.findall(r"`([^`]+)`", told) for told, _ in ROWS]
LEAVES = [bytes.fromhex(leaf) for _, leaf in ROWS]


def _hash(name: str) -> str:
    [found] = re.findall(rf"^\| {name} \| .*? \| `([0-9a-f]{{64}})` \|$", PAGE, re.MULTILINE)
    return str(found)


def test_the_hashes_of_the_worked_example_are_those_of_the_house() -> None:
    assert [seal.leaf_of(fields) for fields in FIELDS] == LEAVES
    assert len(LEAVES) == 3
    assert seal.root(LEAVES[:2]).hex() == _hash("inner")
    assert seal.root(LEAVES).hex() == _hash("root") == EXAMPLE["tree_root"]
    assert seal.seal(seal.root(LEAVES), [2]).hex() == _hash("seal") == EXAMPLE["seal"]
    assert list(EXAMPLE["ticket"].values()) == FIELDS[0]
    assert (EXAMPLE["leaf"], EXAMPLE["index"]) == (LEAVES[0].hex(), 0)
    assert EXAMPLE["path"] == [one.hex() for one in seal.proof(LEAVES, 0)]


def test_the_bytes_of_the_leaf_are_as_shown() -> None:
    [shown] = re.findall(r"^```\n(00\n.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    columns = [line[:63].removeprefix(" ") for line in shown.splitlines()]
    told = bytes.fromhex("".join("".join(columns).split()))
    fields = [text.encode() for text in FIELDS[0]]
    assert told == b"\x00" + b"".join(len(one).to_bytes(4, "big") + one for one in fields)


def test_the_program_of_the_page_agrees_with_the_example() -> None:
    assert check(EXAMPLE, EXAMPLE["seal"])
    assert not check(EXAMPLE, _hash("root"))
    assert not check(EXAMPLE | {"voided_sequences": []}, EXAMPLE["seal"])
    assert not check(EXAMPLE | {"size": 2}, EXAMPLE["seal"])
    assert not check(EXAMPLE | {"path": EXAMPLE["path"][:1]}, EXAMPLE["seal"])
    assert not check(EXAMPLE | {"path": [*EXAMPLE["path"], "00" * 32]}, EXAMPLE["seal"])
    for name in EXAMPLE["ticket"]:
        other = EXAMPLE["ticket"] | {name: EXAMPLE["ticket"][name].replace("1", "3")}
        if other != EXAMPLE["ticket"]:
            assert not check(EXAMPLE | {"ticket": other}, EXAMPLE["seal"]), name


@pytest.mark.parametrize(("published", "code"), [("seal", 0), ("root", 1)])
def test_the_program_runs_by_itself(tmp_path: Path, published: str, code: int) -> None:
    (tmp_path / "check.py").write_text(SOURCE)
    (tmp_path / "proof.json").write_text(json.dumps(EXAMPLE))
    groups = re.findall(".{8}", _hash(published).upper())
    ran = subprocess.run(
        [sys.executable, "-I", "check.py", "proof.json", *groups],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (ran.returncode, ran.stderr) == (code, "")
    assert ("NOT inside" in ran.stdout) == bool(code)
    assert "007:500.00:1.00,120:1.50:0.50" in ran.stdout
