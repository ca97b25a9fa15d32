"""Signs that a report was not written by a resident. A report with a sign is held for a person, never dropped."""

import re

# A person describing a pothole writes no more links than these.
MOST_LINKS = 2
# Nobody reads and fills the report form in less, in seconds.
FASTEST = 3.0
_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)


def spam_sign(text: str, *, honeypot: str = "", seconds: float | None = None) -> str:
    """The code of the first sign, empty for none: `honeypot` (a field people do not see was filled), `too_fast`
    (`seconds` between opening and sending the form), `links`.
    """
    if honeypot.strip():
        return "honeypot"
    if seconds is not None and seconds < FASTEST:
        return "too_fast"
    if len(_LINK.findall(text)) > MOST_LINKS:
        return "links"
    return ""
