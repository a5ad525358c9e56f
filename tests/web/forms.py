"""A form as a browser sends it: what its fields are filled in with."""

from html.parser import HTMLParser


def filled(html: str, action: str) -> dict[str, str]:
    """The fields of the form that posts to a path."""
    reader = _Reader(action)
    reader.feed(html)
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action = action
        self._is_inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form":
            self._is_inside = told.get("hx-post") == self._action
        if not self._is_inside:
            return
        if tag == "select":
            self._select = name
        if tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.fields[name] = value
        if tag == "option" and ("selected" in told or self._select not in self.fields):
            self.fields[self._select] = value
