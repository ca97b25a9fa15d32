"""Sealed texts: unreadable, unforgeable, for one purpose; a new key of the site opens what the old one sealed."""

import time

import pytest
import time_machine
from django.core.signing import BadSignature, Signer
from hypothesis import given
from hypothesis import strategies as some

from citydesk.kernel.errors import Invalid
from citydesk.kernel.sealing import seal, sealed_anew, sealed_at, unseal

OLD, NEW = "an old key " + "o" * 50, "a new key " + "n" * 50


@given(some.text())
def test_what_is_sealed_comes_back_for_its_purpose_alone(text):
    token = seal(text, purpose="test")
    assert unseal(token, purpose="test") == text
    with pytest.raises(Invalid):
        unseal(token, purpose="other")


def test_a_changed_letter_opens_nothing():
    token = seal("something", purpose="test")
    assert "something" not in token
    for at in range(0, len(token), 7):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(Invalid):
            unseal(changed, purpose="test")
    for nonsense in ("", "a", "é" * 40, token[:-10]):
        with pytest.raises(Invalid):
            unseal(nonsense, purpose="test")


def test_the_moment_of_sealing_is_known_and_age_is_asked():
    with time_machine.travel("2026-11-24 12:00:00Z", tick=False) as clock:
        token = seal("x", purpose="test")
        assert sealed_at(token) == int(time.time())
        clock.shift(61)
        assert unseal(token, purpose="test") == "x"
        with pytest.raises(Invalid):
            unseal(token, purpose="test", max_age=60)


def test_a_new_key_opens_what_the_old_one_sealed_until_the_old_one_is_taken_away(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    sealed, signed = seal("a webhook's secret", purpose="test"), Signer(salt="test").sign("link")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert unseal(sealed, purpose="test") == "a webhook's secret" and Signer(salt="test").unsign(signed) == "link"
    again = seal("a webhook's secret", purpose="test")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(again, purpose="test") == "a webhook's secret"
    with pytest.raises(Invalid):
        unseal(sealed, purpose="test")
    with pytest.raises(BadSignature):
        Signer(salt="test").unsign(signed)


@pytest.mark.parametrize("text", ["", "a secret", "ñandú " * 300])
def test_what_is_sealed_anew_keeps_its_words_and_its_moment(settings, text):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    with time_machine.travel(1_700_000_000, tick=False):
        token = seal(text, purpose="test")
    assert sealed_anew(token, purpose="test") == token
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    anew = sealed_anew(token, purpose="test")
    assert anew != token and sealed_anew(anew, purpose="test") == anew
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(anew, purpose="test") == text and sealed_at(anew) == 1_700_000_000
    for wrong in (token, seal(text, purpose="other"), "gAAAA", "", "ü"):
        with pytest.raises(Invalid, match="No key opens this"):
            sealed_anew(wrong, purpose="test")
