"""Guard 1: the import contracts hold, and catch what is planted into a stub house."""

import os
import subprocess
import sys
import tomllib

import pytest

from tests.guards.house import ROOT

CITY = ("profile", "staff", "places", "customers", "correspondence", "knowledge")
CONTACT = ("interactions", "work_orders", "service_requests")
PLANTED = {
    "upward between halls": ("city/staff/services.py", "from citydesk.contact.interactions import queries"),
    "sideways between halls": ("money/ledger/services.py", "from citydesk.contact.interactions import queries"),
    "upward in a hall": ("contact/interactions/queries.py", "from citydesk.contact.service_requests import queries"),
    "hidden in a function": ("city/places/rules.py", "def f():\n    from citydesk.city.customers import rules"),
    "under TYPE_CHECKING": (
        "city/profile/queries.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from citydesk.city.staff import queries",
    ),
    "another room's models": ("contact/interactions/services.py", "from citydesk.city.staff import models"),
    "queries reaching services": ("city/staff/queries.py", "from citydesk.city.staff import services"),
    "services reaching tasks": ("city/staff/services.py", "from citydesk.city.staff import tasks"),
    "views reaching tables": ("city/staff/views.py", "from citydesk.city.staff import models"),
    "the clock below the views": ("city/staff/services.py", "from citydesk.kernel import clock"),
    "django in rules": ("city/staff/rules.py", "import django"),
    "an unknown shelf": ("city/staff/utils.py", "x = 1"),
    "an unknown room": ("city/parking/__init__.py", ""),
    "the environment": ("kernel/clock.py", "import config"),
}


def run_contracts(folder):
    script = "import sys; from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder / 'src'}:{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )


def stub_house(folder):
    """Every hall, the first rooms, every shelf file, the real contracts."""
    source = folder / "src"
    rooms = [f"citydesk/city/{name}" for name in CITY] + [f"citydesk/contact/{name}" for name in CONTACT]
    rooms += ["citydesk/desk", "citydesk/portal", "citydesk/money/ledger"]
    plain = ["citydesk", "config", "citydesk/city", "citydesk/contact", "citydesk/money", "citydesk/counter"]
    for place in [*plain, "citydesk/management", "citydesk/kernel", *rooms]:
        (source / place).mkdir(parents=True, exist_ok=True)
        (source / place / "__init__.py").touch()
    for room in rooms:
        for shelf in ("rules", "models", "queries", "services", "tasks", "views"):
            (source / room / f"{shelf}.py").touch()
    for name in ("clock", "money", "calendars"):
        (source / f"citydesk/kernel/{name}.py").touch()
    for name in ("settings", "urls"):
        (source / f"config/{name}.py").touch()
    (folder / "tools").mkdir()
    for name in ("__init__.py", "front_doors.py"):
        (folder / "tools" / name).write_text((ROOT / "tools" / name).read_text())
    text = (ROOT / "pyproject.toml").read_text()
    assert tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    (folder / "pyproject.toml").write_text(text[text.index("[tool.importlinter]") :])
    return source


def test_the_house_keeps_its_contracts():
    done = run_contracts(ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_the_stub_house_keeps_them(tmp_path):
    stub_house(tmp_path)
    done = run_contracts(tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_import_is_caught(tmp_path, what):
    place, text = PLANTED[what]
    target = stub_house(tmp_path) / "citydesk" / place
    target.parent.mkdir(exist_ok=True)
    target.write_text(text + "\n")
    assert run_contracts(tmp_path).returncode == 1
