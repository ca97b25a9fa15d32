"""Words: what to search for, how an article looks as HTML, what a bulletin is about."""

import re

import nh3
from markdown_it import MarkdownIt

_WORD = re.compile(r"[^\W_]{3,}", re.UNICODE)
# Words that say nothing about the matter; PostgreSQL's dictionaries drop grammar, these are the telephone's.
_EMPTY = frozenset(
    {"hello", "hola", "please", "favor", "gracias", "thanks", "want", "need", "quiero", "necesito"}
    | {"call", "called", "calling", "llamo", "llamar", "city", "ciudad"}
)
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "a",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
}


def search_words(text: str, *, most: int = 24) -> list[str]:
    """The words worth searching for, in order, each once: letters and digits only, so they are safe in a tsquery."""
    found = dict.fromkeys(word.casefold() for word in _WORD.findall(text[:2000]))
    return [word for word in found if word not in _EMPTY][:most]


def any_of(words: list[str]) -> str:
    """A tsquery text that matches any of the words, by their beginnings for the last one (it is being typed)."""
    if not words:
        return ""
    return " | ".join([*words[:-1], f"{words[-1]}:*"])


def article_html(markdown: str, *, first_heading: int = 2) -> str:
    """Markdown as safe HTML: no raw HTML, an allow-list of tags, links only to the web, mail and telephone.

    Headings start at level `first_heading`, below the page's own title.
    """
    html = _MARKDOWN.render(markdown[:100_000])
    for level in (3, 2, 1):
        lower = min(level + first_heading - 1, 4)
        html = html.replace(f"<h{level}>", f"<h{lower}>").replace(f"</h{level}>", f"</h{lower}>")
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )


def summary_of(markdown: str, *, most: int = 180) -> str:
    """The first paragraph without its marks, cut at a word."""
    first = next((part for part in re.split(r"\n\s*\n", markdown.strip()) if not part.startswith("#")), "")
    text = re.sub(r"\s+", " ", re.sub(r"[*_`>#]|\[([^\]]*)\]\([^)]*\)", r"\1", first)).strip()
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"


def concerns(bulletin_code: str, area: str, service_code: str, places: tuple[str, ...]) -> bool:
    """Whether a bulletin is about a report of this code at this place.

    A bulletin without a code is about every code, one without an area about every place. The area fits when it stands
    in a name of the place (its address, its districts) or the name in it; while no place is known, the code decides.
    """
    if bulletin_code and bulletin_code != service_code:
        return False
    wanted = _folded(area)
    names = [one for one in map(_folded, places) if one]
    return not wanted or not names or any(wanted in one or one in wanted for one in names)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
