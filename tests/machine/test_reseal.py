"""The secret key changes: both keys work meanwhile, `citydesk reseal` moves what is kept, the old key may go."""

import json
from datetime import UTC, datetime
from importlib import import_module
from urllib.parse import parse_qs, urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken

from citydesk.city.staff.tests.factories import make_user
from citydesk.contact.referrals import services as referrals
from citydesk.contact.referrals.models import Agency, Webhook
from citydesk.contact.referrals.services.webhooks import HOOK_EVENTS, HOOK_PURPOSE
from citydesk.contact.referrals.tests import factories as outside
from citydesk.contact.service_requests.models import BulkProposal
from citydesk.contact.traffic import services as traffic
from citydesk.contact.traffic.models import ContactSource
from citydesk.kernel import resealing
from citydesk.kernel.actors import SYSTEM, SYSTEM_ACCESS
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid
from citydesk.kernel.lists.filters import TextFilter
from citydesk.kernel.models import AuditEntry, SavedView
from citydesk.kernel.sealing import unseal
from config.cli.main import build_parser
from config.doctor import inside
from config.doctor.finding import BAD, OK, WARN

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD, NEW, OTHER = "an old key " + "o" * 50, "a new key " + "n" * 50, "another key " + "a" * 50
APP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WORDS = TextFilter(code="find", label="Find", fields=("name",))


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """The command works in this process, on the test's own database."""
    monkeypatch.setattr(import_module("config.cli.main"), "set_up_django", lambda **_more: None)


@pytest.fixture
def kept(db, settings):
    """One of each that is kept sealed, under the old key; the site has the new one, and no other."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    outside.load_with_agencies(now=NOW)
    boss = make_user("sue", roles=["supervisor"])
    codes = RecoveryCodes.activate(boss).generate_codes()
    Authenticator.objects.create(user=boss, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}})
    given = {"access": SYSTEM_ACCESS, "now": NOW}
    hook = referrals.make_webhook(name="Works", url="https://hooks.example.org/", events=HOOK_EVENTS, **given)
    referrals.set_system_key(agency_code="roads", key="county-key", **given)
    switch = traffic.make_source(code="cloud", name="Cloud switch", **given)
    query = urlencode([("state", "open"), *WORDS.query("Ana Ruiz"), ("sort", "-due")])
    owner = {"list_code": "queue", "owner_id": boss.pk, "made_at": NOW}
    SavedView.objects.create(name="Ana", query=query, **owner)
    SavedView.objects.create(name="Late", query="state=open", **owner)
    asked = {"kind": "export", "count": 600, "reason": "Council", "proposed_by": boss, "proposed_at": NOW}
    BulkProposal.objects.create(given={"query": query, "form": "csv"}, **asked)
    settings.SECRET_KEY = NEW
    return {"codes": codes, "hook": hook, "switch": switch}


def opened():
    """What the site makes of all of it, as its pages and jobs do."""
    codes = RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES))
    addresses = [SavedView.objects.get(name="Ana").query, BulkProposal.objects.get().given["query"]]
    return {
        "app": decrypt(Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]),
        "codes": codes.generate_codes(),
        "hook": unseal(Webhook.objects.get().secret, purpose=HOOK_PURPOSE),
        "key": unseal(Agency.objects.get(code="roads").open311_key, purpose="referrals.open311"),
        "switch": unseal(ContactSource.objects.get().secret, purpose="traffic.source"),
        "words": [WORDS.parse(parse_qs(one), SYSTEM_ACCESS, NOW) for one in addresses],
    }


def whole(kept):
    return {"app": APP, "key": "county-key", "words": ["Ana Ruiz"] * 2, **kept}


def rows():
    """Every sealed column as it stands."""
    models = (Authenticator, "data"), (Webhook, "secret"), (Agency, "open311_key"), (ContactSource, "secret")
    models += (SavedView, "query"), (BulkProposal, "given")
    return [list(model.objects.order_by("pk").values_list("pk", column)) for model, column in models]


def said(capsys, *words):
    given = build_parser("reseal").parse_args(["reseal", *words, "--json"])
    code = given.run(given, Console(as_json=True))
    out, err = capsys.readouterr()
    return int(code or 0), json.loads(out), out + err


def figures(found):
    return {name: found[name] for name in ("current", "resealed", "refused")}


def test_both_keys_work_until_what_is_kept_is_sealed_anew(kept, settings, capsys):
    settings.SECRET_KEY_FALLBACKS = [OLD]
    assert opened() == whole(kept)
    assert inside.older_keys().state == WARN and "citydesk reseal" in inside.older_keys().words
    before = rows()
    code, found, _all = said(capsys, "--dry")
    assert code == 0 and figures(found) == {"current": 0, "resealed": 7, "refused": 0} and rows() == before

    code, found, _all = said(capsys)
    assert code == 0 and figures(found) == {"current": 0, "resealed": 7, "refused": 0}
    told = AuditEntry.objects.filter(code="kernel.resealed").values_list("object_label", "after__count")
    assert dict(told) == {one["code"]: one["resealed"] for one in found["kinds"]}
    assert inside.older_keys().state == OK and "only what was sent" in inside.older_keys().words
    after = rows()
    assert figures(said(capsys)[1]) == {"current": 7, "resealed": 0, "refused": 0}
    assert rows() == after and AuditEntry.objects.filter(code="kernel.resealed").count() == len(told)

    settings.SECRET_KEY_FALLBACKS = []
    assert opened() == whole(kept)
    assert inside.older_keys().state == OK
    settings.SECRET_KEY = OLD
    with pytest.raises((Invalid, InvalidToken)):
        opened()


def test_a_run_that_was_stopped_goes_on(kept, settings):
    settings.SECRET_KEY_FALLBACKS = [OLD]
    for count in range(3):
        make_user(f"more{count}", roles=["supervisor"])
        settings.SECRET_KEY = OLD if count < 2 else NEW  # the last was set up after the change
    steps = iter(range(2))
    with pytest.raises(StopIteration):
        resealing.reseal(actor=SYSTEM, now=NOW, batch=1, advance=lambda: next(steps))
    first = AuditEntry.objects.filter(code="kernel.resealed").count()
    found = resealing.reseal(actor=SYSTEM, now=NOW, batch=2)
    assert 0 < first < 9 and sum(one.resealed for one in found) == 9 - first
    settings.SECRET_KEY_FALLBACKS = []
    assert sum(one.current for one in resealing.reseal(actor=SYSTEM, now=NOW, is_dry=True)) == 10


def test_what_no_key_opens_is_named_without_its_value(kept, settings, capsys, tmp_path):
    before = rows()
    assert inside.older_keys().state == BAD and "sue totp" in inside.older_keys().words
    code, found, everything = said(capsys)
    assert code == 1 and figures(found) == {"current": 0, "resealed": 0, "refused": 7} and rows() == before
    names = {row["name"] for one in found["kinds"] for row in one["refused"]}
    assert names == {"sue totp", "sue recovery_codes", "Works", "roads", "cloud", "queue Ana", "export"}
    assert "gAAAA" not in everything and kept["hook"] not in everything

    keys = tmp_path / "keys"
    keys.write_text(f"{OTHER}\n\n{OLD}\n")
    keys.chmod(0o644)
    with pytest.raises(Invalid, match="chmod"):
        said(capsys, "--old-keys", str(keys))
    keys.chmod(0o600)
    code, found, everything = said(capsys, "--old-keys", str(keys))
    assert code == 0 and figures(found) == {"current": 0, "resealed": 7, "refused": 0} and OLD not in everything
    settings.SECRET_KEY_FALLBACKS = []
    assert opened() == whole(kept)
    for words in ("", "\n \n"):
        keys.write_text(words)
        with pytest.raises(Invalid, match="holds no key"):
            said(capsys, "--old-keys", str(keys))
    with pytest.raises(Invalid, match="cannot be read"):
        said(capsys, "--old-keys", str(tmp_path / "none"))


def test_one_lost_secret_does_not_keep_the_others(kept, settings, capsys):
    settings.SECRET_KEY_FALLBACKS = [OLD]
    Webhook.objects.update(secret="gAAAAAnothing")
    given = build_parser("reseal").parse_args(["reseal"])
    assert given.run(given, Console()) == 1
    told = capsys.readouterr().out
    assert f"no key opens number {Webhook.objects.get().pk}: Works" in told and "2 sealed anew" in told
    assert inside.older_keys().state == BAD and "(Works)" in inside.older_keys().words
