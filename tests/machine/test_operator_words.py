"""Words of the operator that have no page: the chain read again, the look for ended retention, a person locked out."""

import json
from datetime import UTC, datetime
from importlib import import_module

import pytest

from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from config.cli.main import build_parser

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """The command works in this process, on the test's own database."""
    monkeypatch.setattr(import_module("config.cli.main"), "set_up_django", lambda **_more: None)


def said(capsys, *words):
    """A command run here: its exit code and what it printed as JSON."""
    given = build_parser(words[0]).parse_args([*words, "--json"])
    code = given.run(given, Console(as_json=True))
    return int(code or 0), json.loads(capsys.readouterr().out)


@pytest.mark.owner
def test_the_chain_is_read_again_and_a_changed_entry_named(capsys):
    from django.db import connection

    from citydesk.kernel.actors import SYSTEM
    from citydesk.kernel.audit import Act, record
    from citydesk.kernel.models import AuditEntry
    from citydesk.kernel.sealer import seal_entries

    for number in range(3):
        record(Act("kernel.drilled", "test", number, f"entry {number}"), actor=SYSTEM, now=NOW)
    seal_entries(now=NOW)
    code, found = said(capsys, "verify-audit")
    assert code == 0 and found["bad_id"] is None and found["sealed"] >= 3
    head = f"{found['head_id']}:{found['head']}"
    assert said(capsys, "verify-audit", "--head", head)[0] == 0
    code, wrong = said(capsys, "verify-audit", "--head", f"{found['head_id']}:{'0' * 64}")
    assert code == 1 and wrong["bad_id"] == found["head_id"]
    with pytest.raises(Invalid, match="ID:DIGEST"):
        said(capsys, "verify-audit", "--head", "yesterday")

    middle = AuditEntry.objects.order_by("id")[found["sealed"] - 2].pk
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL")
        cursor.execute("UPDATE kernel_auditentry SET object_label = 'other' WHERE id = %s", [middle])
        cursor.execute("ALTER TABLE kernel_auditentry ENABLE TRIGGER ALL")
    code, bad = said(capsys, "verify-audit")
    assert code == 1 and bad["bad_id"] == middle


def test_retention_is_looked_at_dry_and_in_earnest(capsys, monkeypatch):
    from types import SimpleNamespace

    from citydesk.kernel.destruction import Due
    from citydesk.management.records import services
    from citydesk.management.records.queries import due

    rows = [Due(id=number, at=NOW, label=f"row {number}") for number in range(1, 701)]

    def page(*, before, after, limit, ids=None):
        return [one for one in rows if after is None or one.id > after[1]][:limit]

    series = SimpleNamespace(
        kind="test.kind",
        is_destroyed=True,
        declared=SimpleNamespace(due="there"),
        last_trigger_day=lambda today: today,
    )
    monkeypatch.setattr(due, "series_in_force", lambda today: [series])
    monkeypatch.setattr(due, "load_dotted", lambda name: page)
    written = []
    monkeypatch.setattr(services, "find_candidates", lambda *, now: written.append(now) or {"test.kind": 700})
    assert said(capsys, "retention", "run", "--dry") == (0, {"dry": True, "found": {"test.kind": 700}})
    assert written == []
    assert said(capsys, "retention", "run") == (0, {"dry": False, "found": {"test.kind": 700}})
    assert len(written) == 1


def test_a_person_is_locked_out_and_let_in_again(capsys):
    from citydesk.city.staff.models import User
    from citydesk.city.staff.tests.factories import make_user

    person = make_user("ada", roles=["representative"])
    assert said(capsys, "user", "lock", "ada", "--reason", "lost the phone")[0] == 0
    assert not User.objects.get(pk=person.pk).is_active
    assert said(capsys, "user", "enable", "ada", "--reason", "has a new one")[0] == 0
    assert User.objects.get(pk=person.pk).is_active


def test_each_command_of_the_operator_says_its_exit_codes():
    from config.cli.main import HOUSE

    for name in (
        "backup",
        "backup-key",
        "restore",
        "drill",
        "verify-audit",
        "anonymise-copy",
        "user",
        "install",
        "upgrade",
    ):
        assert "xit codes: 0 " in (import_module(HOUSE[name][0]).__doc__ or ""), name
    with pytest.raises(Invalid, match="new release's folder"):  # a preflight wants a release to look at
        given = build_parser("upgrade").parse_args(["upgrade", "--check"])
        given.run(given, Console())
