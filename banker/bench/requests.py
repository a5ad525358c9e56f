"""The requests of a load, of which all but the key is made beforehand."""

import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec


class Requests:
    """Slips of one bet a line, each under a key of its own."""

    def __init__(
        self, address: str, phase_id: int, tokens: Sequence[str], texts: Sequence[str]
    ) -> None:
        path, host = f"/api/phases/{phase_id}/tickets", urlsplit(address).netloc
        self._heads = [
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {secrets.token_hex(8)}-".encode()
            for token in tokens
        ]
        bodies = [msgspec.json.encode({"text": text}) for text in texts]
        self._tails = [b"\r\nContent-Length: %d\r\n\r\n%b" % (len(one), one) for one in bodies]
        self._bets = [text.strip().count("\n") + 1 for text in texts]
        self._count = 0

    def next(self, collector: int | None) -> tuple[bytes, int]:
        """A request of a collector (None: of whoever's turn it is), and the bets on its slip."""
        self._count = count = self._count + 1
        head = self._heads[(count if collector is None else collector) % len(self._heads)]
        tail = count % len(self._tails)
        return b"%b%d%b" % (head, count, self._tails[tail]), self._bets[tail]
