"""Phones, names, search words, likeness and the laws of merging."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citydesk.city.customers import rules
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid


@pytest.mark.parametrize(
    ("typed", "e164", "shown"),
    [
        ("423 555 0123", "+14235550123", "(423) 555-0123"),
        ("(423) 555-0123 ext 9", "+14235550123", "(423) 555-0123"),
        ("1-423-555-0123", "+14235550123", "(423) 555-0123"),
        ("+52 55 1234 5678", "+525512345678", "+52 55 1234 5678"),
    ],
)
def test_phones_in_the_usual_spellings(typed, e164, shown):
    phone = rules.read_phone(typed)
    assert (phone.e164, phone.shown) == (e164, shown)
    assert rules.read_phone(phone.e164).e164 == e164


@given(st.text(max_size=80))
def test_no_text_breaks_the_readers(text):
    for read in (rules.read_phone, rules.read_email, rules.check_language, rules.read_search, rules.fold):
        try:
            read(text)
        except Invalid as refused:
            assert refused.field
    rules.mask_phone(text)
    rules.mask_email(text)


def test_emails():
    assert rules.read_email(" Maria.Garcia@Example.ORG ") == "maria.garcia@example.org"
    for bad in ("maria", "maria@", "a@b", "a b@c.org", "a@b..org", "x" * 250 + "@b.org", "a@-b.org"):
        with pytest.raises(Invalid):
            rules.read_email(bad)


def test_search_words_are_told_apart():
    assert rules.read_search("423 555-01").digits == "42355501"
    assert rules.read_search("1 (423) 555-0123").digits == "4235550123"
    assert rules.read_search("GARCÍA, María").words == ("garcia", "maria")
    assert rules.read_search("Maria@Exa").email == "maria@exa"
    assert rules.read_search("1210 oak").line == "1210 oak"
    assert not rules.read_search("ab").is_enough and not rules.read_search("423").is_enough
    assert rules.read_search("gar").is_enough and rules.read_search("0123").is_enough


def test_masks_keep_four_digits_and_one_letter():
    assert rules.mask_phone("(423) 555-0123") == "••• 0123"
    assert rules.mask_email("maria@example.org") == "m•••@•••.org"


NAMES = st.text("abc de", max_size=12)
FEATURES = st.builds(
    rules.Features,
    name=NAMES,
    emails=st.frozensets(st.sampled_from("xy"), max_size=2),
    phones=st.frozensets(st.sampled_from("12"), max_size=2),
    addresses=st.frozensets(st.sampled_from("mn"), max_size=2),
    is_anonymous=st.booleans(),
)


@given(FEATURES, FEATURES)
def test_likeness_does_not_depend_on_the_order(one, other):
    assert rules.likeness(one, other) == rules.likeness(other, one)
    assert 0 <= rules.likeness(one, other).score <= 100


def test_a_household_is_not_one_person_but_a_typo_is():
    home = {"phones": frozenset({"+1423"}), "addresses": frozenset({"1210 OAK ST"})}
    maria, jose = rules.Features(name="maria garcia", **home), rules.Features(name="jose garcia", **home)
    assert not rules.likeness(maria, jose).is_likely
    typo = rules.Features(name="maria garsia", phones=frozenset({"+1423"}))
    found = rules.likeness(maria, typo)
    assert found.is_likely and found.score == 65
    assert [str(reason) for reason, _ in found.reasons] == ["same_phone", "similar_name"]


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(0, 7)), max_size=30)


@given(STEPS)
def test_merging_and_taking_apart_never_make_a_circle_and_undo_restores(steps):
    pointers: dict[int, int | None] = dict.fromkeys(range(8))
    for is_merge, one, other in steps:
        before = dict(pointers)
        if not is_merge:
            pointers[one] = None
            continue
        try:
            source, target = rules.merge_into(one, other, pointers)
        except Conflict:
            assert rules.canonical_of(one, pointers) == rules.canonical_of(other, pointers)
            continue
        assert pointers[source] is None and source != target
        pointers[source] = target
        assert rules.canonical_of(one, pointers) == rules.canonical_of(other, pointers)
        assert {**pointers, source: None} == before  # undo is one update
    families = {rules.canonical_of(one, pointers) for one in pointers}
    assert all(pointers[head] is None for head in families)
    together = sorted(one for head in families for one in rules.family_of(head, pointers))
    assert together == list(range(8))


def test_a_circle_in_the_data_is_an_error_and_no_endless_loop():
    with pytest.raises(CitydeskError):
        rules.canonical_of(1, {1: 2, 2: 1})


def test_best_names_first():
    names = [(1, "mariana garcilaso"), (2, "maria garcia"), (3, "garcia maria jose")]
    assert rules.best_first(names, ["maria", "garcia"])[0] == 2
