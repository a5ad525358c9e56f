"""The cash desk: what moves a person's money by hand, with its reason, its actor and a way back.

Each verb happens once for its key, in the transaction that it is given. `movement` is money over
the counter, `credit` what may be drawn, `reversal` the way back, `shift` the drawer, `history` what
went over the counter.
"""

from banker.books.cash.counted import Counted
from banker.books.cash.credit import grant_credit
from banker.books.cash.earning import pay_earnings
from banker.books.cash.movement import advance, deposit, grant_bonus, repay, withdraw
from banker.books.cash.reversal import reverse

__all__ = [
    "Counted",
    "advance",
    "deposit",
    "grant_bonus",
    "grant_credit",
    "pay_earnings",
    "repay",
    "reverse",
    "withdraw",
]
