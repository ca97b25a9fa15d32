"""Guard 12: every shipped profile holds, its worked examples included; a broken one is refused by file and line."""

import shutil
from pathlib import Path

import pytest

from tests.guards.house import ROOT

PROFILES = sorted(path.parent for path in (ROOT / "profiles").glob("*/city.toml"))


def problems_of(folder: Path) -> list[str]:
    """What the profile room finds wrong with a folder: "file:line: reason"."""
    from citydesk.city.profile import services
    from citydesk.city.profile.rules import ProfileRefused

    try:
        services.check_folder(folder=services.read_folder(path=folder))
    except ProfileRefused as refused:
        return [f"{folder.name}/{one.file}:{one.line}: {one.reason}" for one in refused.problems]
    return []


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_a_shipped_profile_holds(folder):
    found = problems_of(folder)
    assert not found, "\n".join(found)


def test_a_planted_mistake_is_refused_by_file_and_line(tmp_path):
    folder = tmp_path / PROFILES[0].name
    shutil.copytree(PROFILES[0], folder)
    city = folder / "city.toml"
    lines = city.read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("timezone"))
    lines[place] = 'timezone = "Mars/Olympus"'
    city.write_text("\n".join(lines) + "\n")
    assert any(fault.startswith(f"{folder.name}/city.toml:{place + 1}:") for fault in problems_of(folder))
