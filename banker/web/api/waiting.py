"""The answer to what a second person has to approve first."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

from banker.books.four_eyes import Waiting

# For the description of every call that may have to wait.
MAY_WAIT: Mapping[int, ResponseSpec] = {
    202: ResponseSpec(Waiting, description="It waits for a second person", generate_examples=False)
}


def waits(waiting: Waiting) -> Any:
    """202, with the number of the approval, in place of the answer that the call tells of."""
    return Response(waiting, status_code=202)
