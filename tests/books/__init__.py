"""The books."""

import pytest

# It holds the asserts of a test, and says as much where one fails.
pytest.register_assert_rewrite("tests.books.comparing")
