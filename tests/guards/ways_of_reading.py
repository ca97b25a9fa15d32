"""The ways a page is read besides the plain one, tried on the page as it stands: no page is loaded again for them.

Larger text (200 %, in a wide window), the text spacing of WCAG 1.4.12, forced colors, a script that runs from right to
left, and words that are two fifths longer than English (a pseudo-locale in the page: accents, brackets). In none of
them may the page be wider than the window or hide words.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

# 1280 px at 200 % zoom are laid out as 640, at 400 % as 320.
ZOOMED = {"width": 640, "height": 480}
WAYS = ("plain", "spaced", "backwards", "longer", "longer+backwards")
# Letters of twice the size are read on a window of a desk: 320 px with them would be 160 px, which nobody asks for.
WIDE_WAYS = (*WAYS, "large")
_LOOK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def faults(page: Any, where: str, *ways: str) -> Iterator[str]:
    """What does not fit in some ways of reading the page as it stands: "plain", "large", "spaced", "backwards" (from
    right to left), "longer" (the pseudo-locale), or several joined by "+"."""
    for one in page.evaluate(_LOOK, list(ways)):
        yield f"{where}, {one}"


def zoomed_and_in_forced_colors(page: Any, where: str, narrow: dict[str, int]) -> Iterator[str]:
    """What does not fit at 200 %, and narrow in the colors a reader forces on the page. Leaves the page narrow."""
    page.set_viewport_size(ZOOMED)
    yield from faults(page, f"{where} at 200 %", "plain", "spaced", "longer")
    page.set_viewport_size(narrow)
    page.emulate_media(color_scheme="light", reduced_motion="reduce", forced_colors="active")
    yield from faults(page, f"{where} in forced colors", "plain", "spaced")
    page.emulate_media(color_scheme="light", reduced_motion="reduce", forced_colors="none")
