"""A page's form as a browser would send it, for tests without one."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    """Every form of a page: the names and values of what a browser sends with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, list[str]]] = []
        self.is_inside = False
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
            self.is_inside = True
        elif tag == "input" and self.is_inside:
            if given.get("type") not in ("radio", "checkbox", "submit", "file") or "checked" in given:
                self._put(given.get("name", ""), given.get("value", ""))
        elif tag == "select":
            self.select, self.options = given.get("name", ""), []
        elif tag == "option" and self.select:
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.area, self.text = given.get("name", ""), ""

    def handle_data(self, data: str) -> None:
        self.text += data if self.area else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "select" and self.select:
            chosen = next((value for value, is_chosen in self.options if is_chosen), None)
            self._put(self.select, chosen if chosen is not None else self.options[0][0] if self.options else "")
            self.select = ""
        elif tag == "textarea" and self.area:
            self._put(self.area, self.text.removeprefix("\n"))
            self.area = ""

    def _put(self, name: str, value: str) -> None:
        if name and self.is_inside:
            self.forms[-1].setdefault(name, []).append(value)


def form_with(answer: Any, name: str) -> dict[str, list[str]]:
    """The form of an answer that has a field of this name."""
    reader = _Forms()
    reader.feed(answer.content.decode())
    return next(form for form in reader.forms if name in form)
