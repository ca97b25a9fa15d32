"""The door: right and wrong passwords, delays, second factors, sessions, sign-out."""

import re
from datetime import UTC, datetime, timedelta
from time import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from citydesk.city.staff.models import SignInBrake, User
from citydesk.city.staff.queries import sign_in_wait
from citydesk.city.staff.services import disable_user, end_sessions, grant_role, note_failed_sign_in, reset_password
from citydesk.city.staff.tests.factories import (
    PASSWORD,
    access_of,
    add_second_factor,
    make_role,
    make_user,
)
from citydesk.kernel.actors import SYSTEM_ACCESS
from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import AuditEntry
from citydesk.kernel.tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/accounts/login/"
ACCOUNT = "/desk/staff/account/"


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time()) // 30))


def sign_in(client: Client, login: str = "rosa", password: str = PASSWORD, **more):
    return client.post(LOGIN, {"login": login, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def text_of(answer) -> str:
    """What the page says, without the token and without what was typed."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return re.sub(r'name="login" value="[^"]*"', "", body)


@pytest.fixture
def rosa(db):
    return make_user("rosa", roles=["representative"], email="rosa@city.example", password=PASSWORD)


@pytest.mark.parametrize("login", ["rosa", "ROSA", "rosa@city.example", "Rosa@City.example"])
def test_user_name_or_mail_address_in_any_case_with_the_password(client, rosa, login):
    answer = sign_in(client, login)
    assert answer.status_code == 302 and answer["Location"] == "/desk/"
    assert is_in(client)
    assert AuditEntry.objects.filter(code="staff.signed_in", object_id=rosa.pk).count() == 1


def test_one_answer_for_wrong_unknown_disabled_and_passwordless(rosa):
    make_user("gone", password=PASSWORD, is_active=False)
    make_user("nopassword")
    answers = {
        name: text_of(sign_in(Client(), name, password))
        for name, password in [
            ("rosa", "wrong-wrong-wrong"),
            ("nobody", PASSWORD),
            ("gone", PASSWORD),
            ("nopassword", PASSWORD),
            ("nobody@city.example", PASSWORD),
        ]
    }
    assert len(set(answers.values())) == 1
    assert "User name or password is not right." in answers["rosa"]


def test_what_was_typed_is_not_kept(rosa):
    sign_in(Client(), "my-secret-password-in-the-wrong-field", "x" * 20)
    entry = AuditEntry.objects.get(code="staff.sign_in_failed")
    kept = f"{entry.__dict__} {list(SignInBrake.objects.values())}"
    assert "my-secret-password" not in kept


def test_delays_grow_to_fifteen_minutes_for_known_and_unknown_names_alike(rosa):
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    waits = {}
    for name in ("rosa", "nobody"):
        waits[name] = []
        for number in range(16):
            note_failed_sign_in(login=name, address=f"10.0.0.{number}", method="password", now=now)
            waits[name].append(sign_in_wait(login=name, address="10.9.9.9", now=now))
    assert waits["rosa"] == waits["nobody"]
    assert waits["rosa"][:8] == [0, 0, 1, 2, 4, 8, 16, 32]
    assert waits["rosa"][-1] == 900


def test_an_attempt_within_the_delay_is_not_looked_at_and_later_the_right_password_works(rosa):
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False) as clock:
        client = Client()
        for _ in range(8):
            sign_in(client, password="wrong-wrong-wrong")
            clock.shift(timedelta(seconds=40))
        sign_in(client, password="wrong-wrong-wrong")
        early = sign_in(client)
        assert "Too many attempts" in early.content.decode()
        assert not is_in(client)
        clock.shift(timedelta(minutes=15, seconds=1))
        assert sign_in(client).status_code == 302
        assert sign_in_wait(login="rosa", address="", now=utc_now()) == 0


def test_guessing_over_many_names_from_one_address_is_slowed(rosa):
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    for number in range(17):
        note_failed_sign_in(login=f"name{number}", address="10.0.0.7", method="password", now=now)
    assert sign_in_wait(login="fresh", address="10.0.0.7", now=now) == 0
    for number in range(12):
        note_failed_sign_in(login=f"more{number}", address="10.0.0.7", method="password", now=now)
    assert sign_in_wait(login="fresh", address="10.0.0.7", now=now) >= 256
    assert sign_in_wait(login="fresh", address="10.0.0.8", now=now) == 0


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert "sign up" not in client.get(LOGIN).content.decode().lower()


def test_the_app_is_asked_after_the_password_and_a_code_works_once(rosa):
    add_second_factor(rosa)
    client = Client()
    answer = sign_in(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    code = code_now()
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert is_in(client)

    replay = Client()
    sign_in(replay)
    assert "Incorrect code" in replay.post(reverse("mfa_authenticate"), {"code": code}).content.decode()
    assert not is_in(replay)


def test_wrong_codes_are_counted_and_slow_the_next_one(rosa):
    add_second_factor(rosa)
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC), tick=False):
        client = Client()
        sign_in(client)
        for _ in range(3):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        answer = client.post(reverse("mfa_authenticate"), {"code": code_now()})
        assert "Too many attempts" in answer.content.decode()
        assert not is_in(client)
    failed = AuditEntry.objects.filter(code="staff.sign_in_failed", object_id=rosa.pk)
    assert [one.after["method"] for one in failed] == ["second factor"] * 3


def test_a_recovery_code_opens_once_and_is_not_readable_in_the_database(rosa):
    add_second_factor(rosa)
    codes = RecoveryCodes.activate(rosa)
    stored = str(Authenticator.objects.get(type="recovery_codes").data)
    first = codes.generate_codes()[0]
    assert first not in stored and SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))
    for works in (True, False):
        client = Client()
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": first})
        assert is_in(client) is works


@pytest.mark.parametrize("role", ["supervisor", "administrator", "auditor", "finance", "director", "records_officer"])
def test_without_a_second_factor_a_far_reaching_role_opens_only_its_set_up(client, role):
    user = make_user("sam", password=PASSWORD)
    grant_role(user_id=user.pk, role=make_role(role).code, reason="test", access=SYSTEM_ACCESS, now=utc_now())
    sign_in(client, "sam")
    for page in ("/desk/staff/", ACCOUNT, "/desk/staff/directory/"):
        answer = client.get(page)
        assert answer.status_code == 302 and answer["Location"] == reverse("mfa_index")
    assert client.get(page, headers={"HX-Request": "true"})["HX-Redirect"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_only_sample_people_of_a_demo_may_do_without(client, settings):
    settings.CITYDESK_DEMO = True
    for name, is_sample in (("sample", True), ("real", False)):
        user = make_user(name, password=PASSWORD, is_sample=is_sample)
        grant_role(user_id=user.pk, role=make_role("supervisor").code, access=SYSTEM_ACCESS, now=utc_now())
        one = Client()
        sign_in(one, name)
        assert is_in(one) is is_sample


def test_a_person_sets_an_app_up_and_is_let_in(client, django_capture_on_commit_callbacks):
    user = make_user("sam", password=PASSWORD, email="sam@city.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    grant_role(user_id=user.pk, role=make_role("supervisor").code, access=SYSTEM_ACCESS, now=utc_now())
    sign_in(client, "sam")
    page = client.get(reverse("mfa_activate_totp"), follow=True)
    if "reauthenticate" in page.request["PATH_INFO"]:
        client.post(page.request["PATH_INFO"], {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(time()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert is_in(client)
    run_jobs(only={"staff.send_notice"})
    assert [one.to for one in mail.outbox] == [["sam@city.example"]] and secret not in mail.outbox[0].body
    assert secret not in str(Authenticator.objects.filter(user=user).values_list("data", flat=True))
    added = AuditEntry.objects.filter(code="staff.factor_added", object_id=user.pk)
    assert {one.after["kind"] for one in added} == {"authenticator app"}


def test_sessions_end_after_an_idle_hour_and_after_twelve_hours(rosa):
    start = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        client = Client()
        sign_in(client)
        clock.shift(timedelta(minutes=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=61))
        assert not is_in(client)

        busy = Client()
        sign_in(busy)
        for _ in range(14):
            clock.shift(timedelta(minutes=50))
            assert is_in(busy)
        clock.shift(timedelta(minutes=30))
        assert not is_in(busy)


def test_disabling_a_person_ends_their_sessions_within_the_next_request(client, rosa):
    sign_in(client)
    assert is_in(client)
    disable_user(user_id=rosa.pk, reason="left the city", access=SYSTEM_ACCESS, now=utc_now())
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    assert sign_in(client).status_code == 200


def test_a_new_password_or_ended_sessions_sign_out_everywhere(rosa):
    here, there = Client(), Client()
    for one in (here, there):
        sign_in(one)
    end_sessions(user_id=rosa.pk, access=access_of(rosa), now=utc_now())
    assert not is_in(here) and not is_in(there)


def test_the_session_id_changes_at_sign_in_and_when_rights_change(client, rosa):
    client.get(LOGIN)
    before = client.cookies.get("session")
    sign_in(client)
    signed_in = client.cookies["session"].value
    assert before is None or before.value != signed_in
    grant_role(user_id=rosa.pk, role=make_role("crew").code, access=SYSTEM_ACCESS, now=utc_now())
    assert is_in(client)
    assert client.cookies["session"].value != signed_in


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(client, rosa):
    sign_in(client)
    old = client.cookies["session"].value
    assert "Sign out" in client.get("/accounts/logout/").content.decode()
    assert is_in(client)  # looking at the page changes nothing
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["session"] = old
    assert not is_in(client)


def test_the_sign_out_page_lists_what_rooms_say_is_unfinished(client, rosa, monkeypatch):
    from citydesk.kernel.registries import Panel, registries

    def unfinished(access, user_id, now):
        return {"text": "Phone 04:12, tree down"} if user_id == rosa.pk else None

    panel = Panel("test.drafts", "staff.sign_out", unfinished, "staff/_unfinished.jinja", "staff.own_account")
    monkeypatch.setitem(registries.panels, panel.code, panel)
    sign_in(client)
    assert "Not finished yet." in client.get("/accounts/logout/").content.decode()


def test_the_link_for_a_new_password_works_once_and_does_not_skip_the_second_factor(rosa):
    add_second_factor(rosa)
    link = reset_password(user_id=rosa.pk, access=SYSTEM_ACCESS, now=utc_now())
    client = Client()
    page = client.get(link, follow=True)
    form = page.request["PATH_INFO"]
    new = "apple lantern river stone"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert not is_in(client)
    assert sign_in(client, password=new)["Location"] == reverse("mfa_authenticate")
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_the_link_dies_after_thirty_minutes(rosa):
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False) as clock:
        link = reset_password(user_id=rosa.pk, access=SYSTEM_ACCESS, now=utc_now())
        clock.shift(timedelta(minutes=31))
        assert "password1" not in Client().get(link, follow=True).content.decode()


def test_asking_for_a_new_password_tells_nothing_and_mails_only_whom_there_is(client, rosa):
    known = client.post("/accounts/password/reset/", {"email": "rosa@city.example"}, follow=True)
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@city.example"}, follow=True)
    assert text_of(known) == text_of(unknown)
    assert mail.outbox == []  # a job sends it, so that both answers take as long
    run_jobs(only={"staff.send_password_link"})
    assert [one.to for one in mail.outbox] == [["rosa@city.example"]]
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
    assert "password1" in client.get(link, follow=True).content.decode()


def test_a_person_changes_their_password_under_the_policy(client, rosa):
    sign_in(client)
    other = Client()
    sign_in(other)
    short = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )
    assert "at least 15 characters" in short.content.decode()
    new = "apple lantern river stone"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", given).status_code == 302
    assert is_in(client) and not is_in(other)
    assert AuditEntry.objects.filter(code="staff.password_changed", object_id=rosa.pk).exists()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "\thttps://evil.example",
    ],
)
def test_no_open_redirect_after_signing_in(client, rosa, target):
    assert sign_in(client, next=target)["Location"] == "/desk/"


def test_a_refused_page_is_recorded_without_its_address(client, rosa):
    sign_in(client)
    assert client.get("/desk/staff/").status_code == 403
    entry = AuditEntry.objects.get(code="staff.refused")
    assert (entry.object_id, entry.after) == (rosa.pk, {"page": "staff:people"})


def test_signed_in_pages_are_not_kept_by_any_cache(client, rosa):
    sign_in(client)
    assert "no-store" in client.get(ACCOUNT)["Cache-Control"]


def test_the_pages_of_signing_in_speak_spanish(client, rosa):
    page = client.get(LOGIN, headers={"Accept-Language": "es"}).content.decode()
    assert 'lang="es"' in page and "Contraseña" in page and "Sign in" not in page


def test_users_of_a_disabled_account_cannot_come_back_with_an_old_session(client, rosa):
    sign_in(client)
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    assert not is_in(client)
    User.objects.filter(pk=rosa.pk).update(is_active=True)
    assert not is_in(client)  # the session was flushed, not only ignored
