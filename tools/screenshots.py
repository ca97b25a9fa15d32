"""Pictures for the README, taken from the running demo city: `python -m tools.screenshots http://127.0.0.1:8000`.

It signs in as the demo's people, takes a contact as a clerk would (the draft is dropped again), and writes
docs/screenshots/*.png, each at most 200 KB.
"""

import base64
import hmac
import re
import struct
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/screenshots"
LARGEST = 200 * 1024
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 375, "height": 812}


class Camera:
    """A browser that signs in at the demo and keeps small pictures."""

    def __init__(self, chromium: Any, url: str, password: str) -> None:
        self.chromium, self.url, self.password = chromium, url, password
        self.signed_in: dict[str, Any] = {}

    def sit_down(self, username: str = "", *, viewport: dict[str, int] = DESK, **options: Any) -> Any:
        """A page, signed in when a user name is given; once for each person."""
        context = self.chromium.new_context(
            base_url=self.url,
            viewport=viewport,
            reduced_motion="reduce",
            color_scheme="light",
            storage_state=self.signed_in.get(username),
            **options,
        )
        context.set_default_timeout(60_000)
        page = context.new_page()
        if username and username not in self.signed_in:
            page.goto("/accounts/login/")
            page.fill("[name=login]", username)
            page.fill("[name=password]", self.password)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda address: "/accounts/login" not in address)
            if "/accounts/2fa" in page.url:
                add_second_factor(page)
            self.signed_in[username] = context.storage_state()
        return page

    def take(self, page: Any, name: str) -> None:
        """Keep what the page shows."""
        from playwright.sync_api import Error

        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        if page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") >= 400:
            raise Error(f"no picture of {page.url}: {page.inner_text('main')[:60]}")
        picture = small(page.screenshot())
        (FOLDER / f"{name}.png").write_bytes(picture)
        print(f"docs/screenshots/{name}.png  {len(picture) // 1024} KB  {page.url}")


def add_second_factor(page: Any) -> None:
    """Roles with wide rights need a second factor before their first page; a fresh demo has none yet."""
    page.goto("/accounts/2fa/totp/activate/")
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.content())
    if not secret:
        from playwright.sync_api import Error

        raise Error("this person has a second factor already; pictures need a fresh demo")
    step = struct.pack(">Q", int(time.time()) // 30)
    mark = hmac.new(base64.b32decode(secret.group()), step, "sha1").digest()
    place = mark[-1] & 15
    number = (struct.unpack(">I", mark[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000
    page.fill("[name=code]", f"{number:06}")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/activate" not in address)


def small(picture: bytes) -> bytes:
    """The picture with as many colors as fit in the largest size allowed."""
    from PIL import Image

    image = Image.open(BytesIO(picture)).convert("RGB")
    for colors in (256, 128, 64, 32):
        kept = BytesIO()
        image.quantize(colors, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() <= LARGEST:
            break
    return kept.getvalue()


def contact(camera: Camera) -> None:
    """A call about a fallen tree, filled as far as a clerk has it after a minute."""
    page = camera.sit_down("dana")
    page.goto("/desk/contact/")
    page.keyboard.press("F2")
    page.wait_for_selector("#f-words:focus")
    page.keyboard.type("A big tree fell across my street, nobody gets by", delay=10)
    page.wait_for_selector("[name=code][value=tree_down]", state="attached")
    page.check("[name=code][value=tree_down]", force=True)
    page.wait_for_selector("#part-questions fieldset, #part-questions [role=radiogroup]")
    page.fill("#f-where", "136 Quarry Rd")
    page.wait_for_selector("#part-place .facts-line b")
    page.fill("#f-who", "Mar")
    page.wait_for_selector("#part-people [name=customer][data-alt]", state="attached")
    page.check("#part-people [name=customer][data-alt] >> nth=0", force=True)
    page.wait_for_selector("#part-person")
    page.wait_for_timeout(1500)
    camera.take(page, "contact")
    page.click("[data-opens=contact-ending]")
    page.fill("[name=drop_reason]", "Taken for a picture")
    page.click("text=Drop this contact")
    page.wait_for_load_state()


def queue_and_request(camera: Camera) -> None:
    """The whole queue, and the latest request of it that a crew works on."""
    page = camera.sit_down("priscilla")
    page.goto("/desk/requests/?show=open")
    camera.take(page, "queue")
    page.goto("/desk/requests/?show=open&state=in_progress")
    number = page.get_attribute("main a[href*='/desk/requests/SR-']", "href")
    page.goto(number or "/desk/requests/")
    camera.take(page, "request")


def supervisor(camera: Camera) -> None:
    """What a supervisor sees first."""
    page = camera.sit_down("priscilla")
    page.goto("/desk/")
    camera.take(page, "supervisor")


def report(camera: Camera) -> None:
    """The report of a year."""
    page = camera.sit_down("priscilla")
    page.goto("/desk/reports/")
    camera.take(page, "report")


def portal(camera: Camera) -> None:
    """What a resident sees on a small phone, in Spanish."""
    page = camera.sit_down(viewport=PHONE, locale="es-ES", device_scale_factor=2)
    page.goto("/")
    camera.take(page, "portal-es")


def crew(camera: Camera) -> None:
    """A work order on the crew's phone."""
    page = camera.sit_down("bo", viewport=PHONE, device_scale_factor=2)
    page.goto("/desk/work-orders/crew/")
    camera.take(page, "crew-round")
    order = page.query_selector("a.roundlist__one")
    if order:
        order.click()
        page.wait_for_load_state()
        camera.take(page, "crew")


def dark(camera: Camera) -> None:
    """The queue at night."""
    page = camera.sit_down("dana")
    page.emulate_media(color_scheme="dark")
    page.goto("/desk/requests/?show=open")
    camera.take(page, "queue-dark")


PICTURES: tuple[Callable[[Camera], None], ...] = (contact, queue_and_request, supervisor, report, portal, crew, dark)


def main() -> int:
    """Take every picture, or those named after the address; what could not be taken is said."""
    from playwright.sync_api import Error, sync_playwright

    from config.demo import PASSWORD
    from tools.browser import ADVICE, FLAGS, find_browser

    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    if not find_browser():
        print(ADVICE)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted, failed = sys.argv[2:], 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS, headless=True)
        camera = Camera(chromium, sys.argv[1], PASSWORD)
        for picture in PICTURES:
            if wanted and picture.__name__ not in wanted:
                continue
            try:
                picture(camera)
            except Error as error:
                failed += 1
                print(f"{picture.__name__}: {error.message.splitlines()[0]}")
        chromium.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    sys.exit(main())
