"""The look, in a real browser: every page of the living sheet passes axe in each mode, by keys alone, in any width."""

import pytest
from django.utils import timezone

from citydesk.city.staff.services import set_keys, set_language
from citydesk.city.staff.tests.factories import make_user
from citydesk.kernel.styles import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 700}
# 200 % zoom of a 1280 px window is a 640 px one.
ZOOMED = {"width": 640, "height": 400}


def opened(desk_page, name, *, user=None, **options):
    page = desk_page("administrator", user=user, **options)
    page.goto(f"/desk/styles/{name}/")
    page.wait_for_load_state("networkidle")
    return page


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("name", PAGES)
def test_page_passes_axe_in_every_width_and_theme(desk_page, axe, name):
    page = opened(desk_page, name)
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page)
    for viewport in (NARROW, ZOOMED):
        page.set_viewport_size(viewport)
        axe(page)  # waits for charts, which are drawn anew for the new width
        assert overflow(page) <= 0, viewport


@pytest.mark.parametrize("name", ["states", "contact", "queue"])
def test_page_passes_in_forced_colors_and_high_contrast(desk_page, axe, name):
    forced = opened(desk_page, name, forced_colors="active")
    axe(forced, ignore=("color-contrast",))  # the reader's own colors; axe still sees ours
    axe(opened(desk_page, name, contrast="more"))


def test_spanish_frame_fits_and_passes(desk_page, axe):
    user = make_user("ana", roles=["administrator"])
    set_language(user_id=user.pk, language="es", now=timezone.now())
    page = opened(desk_page, "contact", user=user, viewport={"width": 1024, "height": 768})
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.get_by_role("button", name="Teclas").is_visible()
    assert overflow(page) <= 0
    axe(page)


def test_keys_open_the_panel_and_escape_returns_the_focus(desk_page, axe):
    page = opened(desk_page, "contact")
    page.locator("#f-words").focus()
    page.keyboard.press("F1")
    panel = page.locator("#keys-panel")
    assert panel.is_visible()
    axe(page)
    page.keyboard.type("park")
    assert panel.get_by_text("Park, again to resume").is_visible()
    assert not panel.get_by_text("Find anything").is_visible()
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert page.evaluate("document.activeElement.id") == "f-words"


def test_find_box_takes_the_focus_by_key(desk_page):
    page = opened(desk_page, "queue")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find"


def test_alt_and_a_digit_takes_what_wears_it(desk_page):
    page = opened(desk_page, "contact")
    page.locator("#f-words").focus()
    page.keyboard.press("Alt+2")
    assert page.locator("input[name=code]:checked").get_attribute("value") == "tree_trim"
    page.keyboard.press("Alt+5")
    assert page.locator("input[name=person]:checked").get_attribute("value") == "8"


def test_letters_act_only_inside_the_list(desk_page):
    page = opened(desk_page, "queue")
    page.keyboard.press("Control+k")
    page.keyboard.type("jxx")
    assert page.locator("#find").input_value() == "jxx"
    assert page.locator("tr.is-current").get_attribute("id") == "row-9"
    page.locator("#row-9").focus()
    page.keyboard.press("j")
    assert page.locator("tr.is-current").get_attribute("id") == "row-10"
    page.keyboard.press("x")
    assert page.locator("[data-bulk-count]").inner_text() == "4 selected"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    assert page.locator("[data-bulk-count]").inner_text() == "6 selected"
    page.keyboard.press("Escape")
    assert page.locator("[data-bulk-none]").is_visible()
    assert page.locator(".tickcell input:checked").count() == 0


def test_selection_moves_no_row(desk_page):
    page = opened(desk_page, "queue")
    place = page.locator("#row-1").bounding_box()
    page.locator("#row-9").focus()
    page.keyboard.press("Escape")
    assert page.locator("[data-bulk-none]").is_visible()
    assert page.locator("#row-1").bounding_box() == place


def test_letters_can_be_switched_off(desk_page):
    page = opened(desk_page, "queue")
    page.keyboard.press("F1")
    page.get_by_label("Letters in lists").uncheck()
    page.keyboard.press("Escape")
    page.locator("#row-9").focus()
    page.keyboard.press("j")
    assert page.locator("tr.is-current").get_attribute("id") == "row-9"


def test_a_key_given_away_does_nothing_and_the_new_one_does(desk_page):
    user = make_user("dana", roles=["administrator"])
    set_keys(user_id=user.pk, has_keys=True, key_map={"F1": "Ctrl Shift H"}, now=timezone.now())
    page = opened(desk_page, "queue", user=user)
    page.keyboard.press("F1")
    assert not page.locator("#keys-panel").is_visible()
    page.keyboard.press("Control+Shift+H")
    assert page.locator("#keys-panel").is_visible()


def test_every_control_is_reached_by_tab_and_shows_its_focus(desk_page):
    page = opened(desk_page, "contact")
    page.locator("body").focus()
    seen = set()
    for _step in range(90):
        page.keyboard.press("Tab")
        mark = page.evaluate(
            """() => {
                const one = document.activeElement;
                const painted = one.matches('.seg__one input, .boxes__one input') ? one.nextElementSibling
                    : one.closest('.choices__one') ?? one.closest('.bar__find') ?? one;
                const style = getComputedStyle(painted);
                return [one.id || one.name || one.textContent.trim(), style.outlineStyle, style.outlineWidth];
            }"""
        )
        seen.add(mark[0])
        if mark[0] and page.evaluate("document.activeElement !== document.body"):
            assert mark[1] != "none" and mark[2] == "2px", mark
    assert {"find", "f-words", "f-where", "f-who", "f-tell", "Save and readF12"} <= seen


def test_theme_is_kept_in_a_cookie(desk_page):
    page = opened(desk_page, "states")
    page.locator("details.menu--bar summary").click()
    page.get_by_label("Dark", exact=True).check()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 20, 27)"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    # htmx keeps the page's address in the tab for its Back button; nothing else is kept, and no page.
    kept = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(kept) <= {"htmx-current-path-for-history"}


def test_chart_is_drawn_within_the_policy_and_its_marks_are_links(desk_page, axe):
    page = opened(desk_page, "report", color_scheme="dark")
    page.locator(".chart.is-drawn svg a").first.wait_for(state="attached")
    assert page.locator(".chart svg").first.get_attribute("role") == "group"
    axe(page)


def test_lost_server_is_said_and_the_form_is_sent_once_when_it_is_back(desk_page):
    page = opened(desk_page, "contact")
    page.evaluate("document.getElementById('contact').setAttribute('data-resend', '')")
    page.context.set_offline(True)
    page.locator("#f-words").fill("Words that must not be lost")
    page.keyboard.press("F12")
    banner = page.locator("#lost")
    banner.wait_for(state="visible")
    assert "does not answer since" in banner.inner_text()
    assert page.locator("#f-words").input_value() == "Words that must not be lost"
    assert page.get_by_role("button", name="Try now").is_visible()
    sent = []
    page.on("request", lambda one: sent.append(one.url) if "words=" in one.url else None)
    # The page tries by itself too, and the strip goes: whoever is quicker, the form is sent once.
    with page.expect_navigation():
        page.context.set_offline(False)
        page.dispatch_event("[data-lost-try]", "click")
    assert len(sent) == 1


def test_first_page_is_light_and_does_not_jump(desk_page):
    page = desk_page("administrator")
    sizes = []
    page.on("requestfinished", lambda one: sizes.append(one.sizes()["responseBodySize"]))
    page.goto("/desk/styles/queue/")
    page.wait_for_load_state("networkidle")
    # The test server compresses nothing; on the wire the texts are a quarter of this.
    assert sum(sizes) < 600_000
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift < 0.02


def test_sheet_is_for_administrators(client):
    assert client.get("/desk/styles/").status_code == 302


def test_the_bar_is_one_row_and_the_rest_opens_under_more(desk_page, axe):
    page = desk_page("supervisor")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/desk/")
    more = page.locator(".menu--more > summary")
    more.focus()
    page.keyboard.press("Enter")
    link = page.locator(".menu--more a", has_text="Directory")
    link.wait_for()
    assert page.locator(".bar").bounding_box()["height"] < 60
    axe(page)
    page.set_viewport_size(NARROW)
    assert overflow(page) <= 0
    axe(page)
    link.click()
    page.wait_for_url("**/desk/staff/directory/**")
    assert page.locator(".bar__nav > a[aria-current]").inner_text() == "Directory"
