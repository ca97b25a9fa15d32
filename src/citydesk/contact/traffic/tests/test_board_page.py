"""The board in a browser: figures change where they stand, only what matters is spoken, paused it stands still."""

import json

import pytest

from citydesk.city.staff.tests.factories import make_role, make_user
from citydesk.contact.traffic.choices import VIEW
from citydesk.contact.traffic.queries.board import board_feed
from citydesk.contact.traffic.tests.factories import import_text, make_queues
from citydesk.kernel.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TELL = "(news) => document.body.dispatchEvent(new CustomEvent('live:board', { detail: news }))"


def test_a_board_follows_speaks_and_pauses(desk_page, tmp_path):
    make_queues("calls")
    now = utc_now()
    import_text(tmp_path, f"{int(now.timestamp()) - 5}|k|calls|NONE|ENTERQUEUE||4235550101|1\n", now=now)
    page = desk_page(user=make_user("sue", roles=[make_role("keeps_traffic", [VIEW, "desk.home"])]))
    page.goto("/desk/traffic/board/")
    waiting = page.locator('[data-cell="all.waiting"]')
    says = page.locator("#board-says")
    pause = page.get_by_role("button", name="Pause")
    pause.wait_for()  # the script has come
    assert waiting.inner_text() == "1"

    news = board_feed(now=now) | {"topic": "board", "at": int(now.timestamp())}
    queue = next(key for key in news["cells"] if key.startswith("q")).split(".")[0].removeprefix("q")

    def tell(number, *alerts):
        news["cells"] |= {"all.waiting": number, f"q{queue}.waiting": number}
        page.evaluate(TELL, json.loads(json.dumps(news | {"alerts": list(alerts)})))

    tell(1234)
    assert waiting.inner_text() == "1,234" and says.inner_text() == ""  # a figure alone is not spoken
    tell(1234, f"wait:{queue}")
    assert says.inner_text() == "calls: somebody has waited for more than 2 minutes."
    assert page.get_by_text("long wait").is_visible()
    pause.press("Enter")
    tell(7)
    assert waiting.inner_text() == "1,234"
    pause.press("Enter")
    assert waiting.inner_text() == "7" and says.inner_text() == "calls: nobody waits that long any more."
    assert not page.get_by_text("long wait").is_visible()
    # For a wall: no navigation, and it is left by a link.
    page.get_by_role("link", name="For a wall").click()
    page.wait_for_url("**/board/wall/")
    assert page.locator("nav").count() == 0
    page.get_by_role("link", name="Back to the desk").click()
    page.wait_for_url("**/traffic/board/")
