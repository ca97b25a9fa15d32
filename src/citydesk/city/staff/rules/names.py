"""Names that profiles give in several languages."""

from collections.abc import Mapping


def in_language(texts: Mapping[str, str], language: str, *, default: str = "") -> str:
    """The text in `language` ("es-MX" falls back to "es"), else `default`, else any text there is."""
    base = language.partition("-")[0]
    return texts.get(language) or texts.get(base) or default or next(iter(texts.values()), "")
