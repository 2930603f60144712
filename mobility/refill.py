"""Puts what somebody had typed back into the form of a page: whatever page, because it works on the page as it is sent.

Hidden fields keep what the page says now (they are the portal's, not the person's); passwords and files are never
filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Fields = Mapping[str, list[str]]
# Inputs that hold a text; the others are ticked, chosen, or none of our business.
TEXTS = {"text", "search", "email", "url", "tel", "number", "date", "time", "datetime-local", "month"}
TICKS = {"checkbox", "radio"}


@dataclass
class Refilled:
    html: str
    # Names of the fields that were found, so that what had no place can be shown apart.
    found: set[str] = field(default_factory=set)


def refill(html: str, *, page: str, action: str, fields: Fields) -> Refilled:
    """The page with the fields put into the form that is sent to ``action``; both are paths on this portal."""
    filler = _Filler(html, page, action, fields)
    filler.feed(html)
    filler.close()
    for start, end, text in sorted(filler.edits, reverse=True):
        html = html[:start] + text + html[end:]
    return Refilled(html, filler.found)


class _Filler(HTMLParser):
    """Walks the page and notes what to replace, from where to where."""

    def __init__(self, html: str, page: str, action: str, fields: Fields) -> None:
        super().__init__(convert_charrefs=False)
        self.page, self.action = page, action
        # Texts are used up in order: several inputs may share a name.
        self.texts = {name: list(values) for name, values in fields.items()}
        self.fields = fields
        self.edits: list[tuple[int, int, str]] = []
        self.found: set[str] = set()
        self.inside = False
        self.select = ""
        self.textarea: tuple[int, str] | None = None
        self.lines = [0]
        for line in html.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)

    def _position(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            target = urlsplit(urljoin(self.page, given.get("action", ""))).path
            self.inside = given.get("method", "").lower() == "post" and target == self.action
        elif self.inside and tag in {"input", "select", "textarea", "option"}:
            getattr(self, f"_{tag}")(given)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.textarea:
            start, text = self.textarea
            # A line break right after the tag is not part of the text, so one is put there for the text's own.
            self.edits.append((start, self._position(), "\n" + escape(text)))
            self.textarea = None

    def _input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text").lower()
        if kind in TICKS and name and self._was_shown(name, kind):
            self._set(given, "checked", given.get("value", "on") in self.fields.get(name, []))
        elif kind in TEXTS and self.texts.get(name):
            self.found.add(name)
            self._replace_tag({**given, "value": self.texts[name].pop(0)})

    def _was_shown(self, name: str, kind: str) -> bool:
        """A box that isn't ticked isn't sent; a choice of which nothing was sent stays as it is."""
        if name in self.fields:
            self.found.add(name)
        return kind == "checkbox" or name in self.fields

    def _select(self, given: dict[str, str]) -> None:
        self.select = given.get("name", "") if given.get("name", "") in self.fields else ""
        self.found |= {self.select} - {""}

    def _option(self, given: dict[str, str]) -> None:
        # Without a value the text counts; the portal's options all have one.
        if self.select and "value" in given:
            self._set(given, "selected", given["value"] in self.fields[self.select])

    def _textarea(self, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if self.texts.get(name):
            self.found.add(name)
            self.textarea = (self._position() + len(self.get_starttag_text() or ""), self.texts[name].pop(0))

    def _set(self, given: dict[str, str], attribute: str, on: bool) -> None:
        kept = {name: value for name, value in given.items() if name != attribute}
        self._replace_tag({**kept, attribute: ""} if on else kept)

    def _replace_tag(self, given: dict[str, str]) -> None:
        source = self.get_starttag_text() or ""
        tag = "option" if source.lower().startswith("<option") else "input"
        # As HTML has it: an attribute without value is written alone.
        words = [
            name if value == "" and name != "value" else f'{name}="{escape(value)}"' for name, value in given.items()
        ]
        start = self._position()
        self.edits.append((start, start + len(source), f"<{' '.join([tag, *words])}>"))
