"""Guard 27: somebody has said of each kind that axe cannot tell why it is in order (`axe_incomplete.toml`)."""

from tests.guards import axe_incomplete
from tests.guards.axe_incomplete import Kind, kinds, unreviewed, write
from tests.guards.house import none_of

FOUND = {"rule": "color-contrast", "why": "bgGradient", "element": "p.x", "html": "<p class=x>"}


def faults(known: dict[Kind, str]) -> list[str]:
    """Kinds whose reason is missing or no sentence."""
    bare = [one for one, reason in known.items() if len(reason.split()) < 5]
    return [f"{one.rule} ({one.why}) of {one.element} has no reason" for one in bare]


def test_every_kind_has_its_reason():
    none_of(faults(kinds()))


def test_a_kind_nobody_looked_at_is_caught_and_a_known_one_passes(tmp_path, monkeypatch):
    file = tmp_path / "known.toml"
    monkeypatch.setattr(axe_incomplete, "IS_NEW", False)
    assert unreviewed([FOUND, FOUND], file) == ["axe cannot tell color-contrast (bgGradient) of p.x: <p class=x>"]
    monkeypatch.setattr(axe_incomplete, "IS_NEW", True)
    assert unreviewed([FOUND], file) == [] and len(faults(kinds(file))) == 1
    kind = Kind("color-contrast", "bgGradient", "p.x")
    write({kind: "Looked at: dark words on a light end"}, file)
    monkeypatch.setattr(axe_incomplete, "IS_NEW", False)
    assert unreviewed([FOUND], file) == [] and faults(kinds(file)) == []
    assert unreviewed([{**FOUND, "element": "p.y"}], file)
