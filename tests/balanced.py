"""How a test of money ends."""

from banker.books.verify import verified
from banker.database import Pool


async def assert_books_balance(pool: Pool) -> None:
    """Everything that `banker verify` checks agrees; else the rows that do not, in words."""
    findings = await verified(pool)
    assert not findings, "\n".join(f"{one.check}: {one.row}: {one.detail}" for one in findings)
