"""A practice city: nothing leaves it, whatever a process was told; its numbers and papers are never taken for real."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from citydesk.kernel import outward, practice
from citydesk.kernel.documents import render_pdf
from citydesk.kernel.numbering import parse_number
from citydesk.kernel.outward import NotAllowedOutward, OutwardFailed, call
from citydesk.kernel.sequences import next_number, next_numbers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 19, 9, tzinfo=UTC)


@pytest.fixture
def doors(settings, monkeypatch):
    """The house's door for mail before a box in memory; calls outside that leave a mark instead of a wire."""
    settings.EMAIL_THROUGH = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "citydesk.kernel.practice.MailBackend"
    dialed = []

    def dial(address, timeout):
        dialed.append(address)
        raise OSError("no wire in a test")

    monkeypatch.setattr(outward.socket, "create_connection", dial)
    return dialed


def knock() -> None:
    EmailMessage("Subject", "Body", to=["ana@example.org"]).send()
    with pytest.raises((NotAllowedOutward, OutwardFailed)):
        call("POST", "https://93.184.216.34/hook", body=b"{}")


def test_without_the_mark_both_leave_and_with_it_neither(doors):
    knock()
    assert len(mail.outbox) == 1 and len(doors) == 1
    practice.mark(profile="riverton", now=NOW)
    knock()
    assert len(mail.outbox) == 1 and len(doors) == 1


def test_the_setting_alone_shuts_the_doors_too(doors, settings):
    settings.PRACTICE = True
    knock()
    assert mail.outbox == [] and doors == []


def test_setting_and_database_must_agree(settings):
    assert practice.disagreement() == ""
    settings.PRACTICE = True
    assert "holds the city itself" in practice.disagreement()
    with pytest.raises(SystemExit):
        practice.require_agreement()
    practice.mark(profile="riverton", now=NOW)
    assert practice.disagreement() == ""
    settings.PRACTICE = False
    assert "serve --practice" in practice.disagreement()


def test_numbers_of_practice_are_a_series_of_their_own(settings):
    real = next_number("SR", 2026)
    settings.PRACTICE = True
    practiced = [next_number("SR", 2026), *next_numbers("SR", 2026, 2)]
    assert real.startswith("SR-26-") and all(one.startswith("PSR-26-") for one in practiced)
    assert [parse_number(one) for one in practiced] == practiced and len(set(practiced)) == 3


def test_every_page_of_paper_says_that_it_is_practice(settings):
    import pypdfium2

    data = {"title": "A list", "columns": [{"label": "Number"}], "rows": [[str(at)] for at in range(90)]}
    plain = render_pdf("kernel/list.typ", data, language="en", now=NOW)
    settings.PRACTICE = True
    marked = render_pdf("kernel/list.typ", data, language="en", now=NOW)
    texts = [[page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(one)] for one in (plain, marked)]
    assert not any("PRACTICE" in text for text in texts[0])
    assert len(texts[1]) > 1 and all("PRACTICE" in text for text in texts[1])


def test_every_kind_of_page_wears_the_banner(client, settings):
    for address in ("/", "/accounts/login/", "/no-such-page/"):
        assert "PRACTICE" not in client.get(address).content.decode()
    settings.PRACTICE = True
    for address in ("/", "/accounts/login/", "/no-such-page/"):
        page = client.get(address).content.decode()
        assert 'class="practice"' in page and "<title>PRACTICE" in page, address
