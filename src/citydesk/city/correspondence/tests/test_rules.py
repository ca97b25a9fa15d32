"""Words, segments and consent: pure decisions."""

from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.correspondence.rules import (
    Template,
    choose_language,
    consent_word,
    count_segments,
    fill,
    message_reference,
    unknown_fields,
    write,
)

DONE = Template("done", "en", "Done: {number}", "Hello {name},\n\n{text}\n\n{reason}\n\nThanks", "{number} {service}")


def test_a_missing_value_leaves_no_hole():
    assert write(DONE, "email", {"number": "SR-1", "name": "Ana"}).body == "Hello Ana,\n\nThanks\n"


def test_a_value_is_never_read_as_a_template():
    assert fill("{text}", {"text": "{number} {{7*7}} {% debug %}", "number": "SR-1"}) == "{number} {{7*7}} {% debug %}"


@given(st.text())
def test_a_subject_never_holds_a_line_break(value):
    subject = write(DONE, "email", {"number": value}).subject
    assert "\n" not in subject and "\r" not in subject and len(subject) <= 200


def test_unknown_fields_are_named():
    assert unknown_fields(Template("x", "en", "{numer}", "{name}")) == ["numer"]


def test_the_wanted_language_wins_then_its_base_then_the_citys():
    assert choose_language("es-MX", {"en", "es"}, "en") == "es"
    assert choose_language("vi", {"en", "es"}, "en") == "en"
    assert choose_language("vi", {"es"}, "en") == "es"


def test_segments_are_counted_as_carriers_do():
    assert (count_segments("a" * 160).segments, count_segments("a" * 161).segments) == (1, 2)
    assert count_segments("a" * 307).segments == 3
    assert count_segments("a" * 159 + "€").segments == 2  # the euro sign takes two
    spanish = count_segments("La cuadrilla despejó la calle")  # ó is not in the GSM table
    assert (spanish.encoding, spanish.segments) == ("UCS-2", 1)
    assert count_segments("ó" * 71).segments == 2


@given(st.text(), st.text())
def test_more_text_never_costs_fewer_segments(first, second):
    assert count_segments(first + second).segments >= max(count_segments(first).segments, 1)


def test_stop_counts_only_as_the_word_alone():
    assert [consent_word(text) for text in ("STOP", " stop. ", "Alto", "¡PARAR!")] == ["revoked"] * 4
    assert consent_word("Stop the truck at my house") == ""
    assert consent_word("Sí") == "granted"


@given(st.integers(1, 10**9), st.text(max_size=200))
def test_a_reference_is_safe_in_a_mail_header(message_id, key):
    reference = message_reference(message_id, key)
    assert reference.isascii() and not set(reference) & set("\r\n<>@ ")
