"""Pictures of the scripted days for the README; `python -m tools.screenshots` takes them.

Without a folder in `CITYDESK_PICTURES` nothing is taken and the city is as small as the days need it.
"""

import os
from pathlib import Path

from tools.screenshots import small

FOLDER = os.environ.get("CITYDESK_PICTURES", "")
# Requests of the year in the pictures: a queue of more than a page, a report with a curve in it.
REQUESTS = 160


def make_a_year() -> None:
    """The demo's year in the loaded city, so that no list in a picture is empty."""
    from citydesk.kernel.command_line import Console
    from config.demo.build import build

    build(console=Console(), requests=REQUESTS)


def take(page, name: str, *, at: str = "", dark: bool = False) -> None:
    """Keep what the page shows as `name`.png; with `at`, what the same person sees at that address, in a tab beside."""
    if not FOLDER:
        return
    shown = page.context.new_page() if at else page
    if dark:
        shown.emulate_media(color_scheme="dark")
    if at:
        shown.goto(at)
    shown.wait_for_load_state()
    shown.wait_for_function("() => document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')")
    shown.wait_for_timeout(800)  # a chart or a map draws itself after the page is there
    (Path(FOLDER) / f"{name}.png").write_bytes(small(shown.screenshot()))
    if at:
        shown.close()
