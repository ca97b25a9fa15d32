"""Telephone numbers as people here write them: stored as machines dial them, printed and shown by this one function."""

import re

# Ten digits of North America, with its country code or without; the first of area and exchange is never 0 or 1.
_HERE = re.compile(r"^(?:\+?1)?([2-9]\d{2})([2-9]\d{2})(\d{4})$")


def phone_words(number: str | None) -> str:
    """A North American number as people read it: "+14235550140" is "(423) 555-0140". Any other ("311", "911", one of
    another country, one that somebody wrote in their own way) as it stands; "" for none."""
    found = _HERE.match(number or "")
    return "({}) {}-{}".format(*found.groups()) if found else number or ""
