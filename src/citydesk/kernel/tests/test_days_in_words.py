"""Days in words: English as it stands, Spanish with small months and its "de"."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from citydesk.kernel import texts

DAY = date(2026, 12, 4)
MOMENT = datetime(2026, 12, 4, 19, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "english", "spanish"),
    [
        ("j M", "4 Dec", "4 dic"),
        ("D j M", "Fri 4 Dec", "vie 4 dic"),
        ("j M Y", "4 Dec 2026", "4 dic 2026"),
        ("M Y", "Dec 2026", "dic 2026"),
        ("F Y", "December 2026", "diciembre de 2026"),
        ("l j F", "Friday 4 December", "viernes 4 de diciembre"),
    ],
)
def test_a_day_is_written_as_its_reader_writes_it(form, english, spanish):
    for language, words in (("en", english), ("es", spanish)):
        with translation.override(language):
            assert texts.date_words(DAY, form) == words
            assert texts.date_words(MOMENT, form) == words


def test_a_whole_time_in_spanish_is_a_sentence_part():
    with translation.override("es"):
        assert texts.full_time(MOMENT).startswith("viernes 4 de diciembre de 2026, ")
        assert texts.weekday_date(MOMENT) == "viernes 4 de diciembre"
