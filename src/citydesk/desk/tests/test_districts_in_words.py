"""The districts beside a place on the contact screen: the kind by its name in the profile, never by its code."""

from datetime import date

from citydesk.city.places.choices import PlaceKind
from citydesk.city.places.rules import ResolvedPlace
from citydesk.city.profile import queries as profile
from citydesk.city.profile.rules import UnknownEntry
from citydesk.desk.queries import contact_side
from citydesk.kernel.registries import registries

KINDS = {
    "council": {"name": {"en": "Council district", "es": "Distrito del concejo"}, "is_shown": True},
    "beat": {"name": {"en": "Beat"}, "is_shown": False},
}


def test_kinds_are_named_in_the_readers_language_and_hidden_ones_are_not_shown(monkeypatch):
    def entry(section, code, on):
        assert section in registries.profile_sections, "a section that no room offers has no entries, ever"
        if section != "districts" or code not in KINDS:
            raise UnknownEntry(section, code)
        return KINDS[code]

    monkeypatch.setattr(profile, "entry", entry)
    monkeypatch.setattr(contact_side.places, "district_label", lambda kind, code, on=None: code)
    place = ResolvedPlace(PlaceKind.ADDRESS, "1 Oak St", districts={"council": "4", "beat": "9"})
    assert contact_side.district_words(place, "es", date(2026, 11, 23)) == ["Distrito del concejo: 4"]
    assert contact_side.district_words(place, "en", date(2026, 11, 23)) == ["Council district: 4"]
