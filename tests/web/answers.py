"""What an answer must look like before its content is looked at."""

import re
from typing import Any

import httpx

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MONEY = re.compile(r"-?(0|[1-9]\d*)\.\d\d")
TICKET_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
BALANCE = {
    "cash_balance", "bonus_balance", "credit_balance", "credit_limit", "credit_approved",
    "total_balance", "available",
}  # fmt: skip


def answered(response: httpx.Response, status: int = 200) -> Any:
    """The content of an answer."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def refused(response: httpx.Response, status: int, code: str = "malformed") -> Any:
    """The facts of a refusal."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:banker:{code}"
    assert problem["title"]
    assert problem["detail"]
    return problem
