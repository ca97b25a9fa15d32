"""The door and the room's pages in a real browser: keyboard alone, a passkey, no accessibility fault, 320 px."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from citydesk.city.staff.models import Absence
from citydesk.city.staff.tests.factories import (
    PASSWORD,
    add_second_factor,
    make_office,
    make_role,
    make_user,
)
from citydesk.kernel.clock import utc_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def arrive(page, path):
    """Wait for a page by its path: the address it came from may be in the query of the one before."""
    page.wait_for_url(lambda address: urlsplit(address).path.startswith(path) or urlsplit(address).path.endswith(path))


def test_sign_in_by_keyboard_alone(page, axe):
    make_user("rosa", name="Rosa Lopez", roles=["representative"], password=PASSWORD)
    page.goto("/accounts/login/?next=/desk/staff/account/")
    axe(page)
    page.keyboard.type("rosa")  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type("wrong-wrong-wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert "User name or password is not right." in page.inner_text("[role=alert]")
    axe(page)
    page.focus("#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    arrive(page, "/desk/staff/account/")
    assert "Rosa Lopez" in page.inner_text("main")


def test_a_passkey_is_added_and_opens_the_door_alone(page):
    make_user("rosa", name="Rosa Lopez", roles=["representative"], password=PASSWORD)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/accounts/login/?next=/desk/staff/account/")
    page.fill("#id_login", "rosa")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    arrive(page, "/desk/staff/account/")
    page.goto("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        arrive(page, "/webauthn/add/")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "webauthn/add" not in address)

    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    arrive(page, "/accounts/login/")
    page.goto("/accounts/login/?next=/desk/staff/account/")
    page.click("#passkey_login")
    arrive(page, "/desk/staff/account/")
    assert "Rosa Lopez" in page.inner_text("main")


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("es", 320)])
def test_every_page_of_the_room_passes_axe_and_fits(desk_page, axe, language, width):
    ada = make_user("ada", roles=["administrator"], language=language)
    make_role("representative")
    pat = make_user("pat", name="Pat Doe", roles=["representative"], teams=["desk"])
    Absence.objects.create(user=pat, starts_at=utc_now(), kind="sick")
    make_office("treasurer", subjects={"en": ["property tax"], "es": ["impuesto"]}, phone="+14235550140")
    page = desk_page(user=ada, viewport={"width": width, "height": 900})
    for address in (
        reverse("staff:people"),
        reverse("staff:person", args=["pat"]),
        reverse("staff:new_person"),
        reverse("staff:teams"),
        reverse("staff:roles"),
        reverse("staff:directory") + "?q=tax",
        reverse("staff:directory") + "?q=nothing+fits",
        reverse("staff:account"),
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ):
        page.goto(address)
        axe(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{address} is {overflow} px too wide at {width}"


def test_the_second_factor_page_passes_axe(page, axe):
    add_second_factor(make_user("rosa", password=PASSWORD))
    page.goto("/accounts/login/")
    page.fill("#id_login", "rosa")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    arrive(page, "/2fa/authenticate/")
    axe(page)
    page.goto("/accounts/password/reset/")
    axe(page)


def test_the_directory_answers_while_typing(desk_page):
    make_office("treasurer", subjects={"en": ["property tax"], "es": ["impuesto"]})
    make_office("library", subjects={"en": ["books"], "es": ["libros"]})
    page = desk_page("representative")
    page.goto(reverse("staff:directory"))
    page.get_by_role("searchbox", name="What is the caller asking about?").press_sequentially("tax")
    page.wait_for_selector("#office-library", state="detached")
    assert page.locator("#office-treasurer").count() == 1
