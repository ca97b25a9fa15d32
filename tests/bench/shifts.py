"""Whether anything on a page moves while it comes up, seen by a real Chromium."""

from typing import Any

PAGE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
_WATCH = """
window.__moved = 0;
window.__what = [];
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
        window.__moved += one.value;
        for (const { node, previousRect: was, currentRect: is } of one.sources || []) {
            const name = node && (node.outerHTML || node.textContent || "").slice(0, 90);
            const places = [was, is].map((one) => `${one.x},${one.y} ${one.width}x${one.height}`);
            window.__what.push(`${name} from ${places.join(" to ")}`);
        }
    }
}).observe({ type: "layout-shift", buffered: true });
"""


def shifts_of(base: str, pages: dict[str, tuple[str, str]]) -> dict[str, float]:
    """Name to the sum of layout shifts: of the first visit, with nothing in the cache, and of a second one.

    `pages` names an address and the session of who looks at it (empty for anybody).
    """
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from tools.browser import ADVICE, FLAGS, find_browser

    path = find_browser()
    if not path:
        raise RuntimeError(ADVICE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        try:
            found = {}
            for name, (address, session) in pages.items():
                context = chromium.new_context(base_url=base, viewport=PHONE if "phone" in name else PAGE)
                context.set_default_timeout(30_000)
                if session:
                    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}
                    context.add_cookies([cookie])  # type: ignore[list-item]  # Playwright's dict
                found[name] = max(_moved(context, address) for _visit in range(2))
                context.close()
            return found
        finally:
            chromium.close()


def _moved(context: Any, address: str) -> float:
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="load")
    # What a late font, a script or a picture moves has moved a second later.
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(1000)
    moved = float(page.evaluate("() => window.__moved"))
    if moved:
        print(
            f"moved on {address.split('?')[0]}: {moved:.4f}",
            *page.evaluate("() => window.__what"),
            sep="\n  ",
            flush=True,
        )
    page.close()
    return moved
