"""Somebody with all rights on the database rewrites what was sealed, in a thousand random ways: each is found.

Every way is undone by a rollback, so each begins with a whole chain. Where a chain cut off or computed anew cannot be
told from a whole one, the head is compared that was written down outside of the database, as the auditor gets it.
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from citydesk.kernel import sealer
from citydesk.kernel.clock import utc_now
from citydesk.kernel.models import AuditEntry, AuditSeal
from tests.drills.conftest import FULL

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800), pytest.mark.django_db, pytest.mark.owner]

ENTRIES, TRIES = (300, 1000) if FULL else (40, 60)
MARK = "drill.tampered"
OTHERS = [one for one in sealer.FIELDS if one != "id"]


@pytest.fixture
def seed():
    """The same choices in every short run: a fault of another day is found by the long ones, not by a merge."""
    number = int(os.environ.get("DRILL_SEED") or (random.SystemRandom().randrange(10**6) if FULL else 20261122))
    print(f"SEED={number}")
    return number


@pytest.fixture
def chain(seed):
    """Sealed entries of all shapes with gaps between some ids, written around the sequence; ids and the head."""
    chance, now = random.Random(seed), utc_now()
    entry_id = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    rows = []
    for number in range(ENTRIES):
        entry_id += chance.choice((1, 1, 2, 5))
        rows.append(
            AuditEntry(
                id=entry_id,
                at=now - timedelta(seconds=ENTRIES - number),
                code=MARK,
                actor_kind=chance.choice(("staff", "system")),
                actor_id=chance.choice((None, 7, 8)),
                actor_label=chance.choice(("", "Dana", "José")),
                object_type="drill",
                object_id=number,
                object_label=f"SR-{number}",
                before=chance.choice((None, {"state": "new", "amount": "12.50"})),
                after={"state": "closed", "number": number},
                reason=chance.choice(("", "because it rained", "línea 2")),
                approver_id=chance.choice((None, 9)),
                is_public=chance.random() < 0.5,
                request_id=f"{number:032x}",
            )
        )
    AuditEntry.objects.bulk_create(rows)
    sealer.seal_entries(now=now, wait_seconds=120)
    whole = sealer.verify_audit()
    assert whole.bad_id is None and whole.head_id == entry_id, whole
    return [row.pk for row in rows], whole


def act(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def copied(value, chance):
    """Another value of the same kind, as near to it as it gets: one sign, one second's millionth, one figure."""
    if value is None:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    if isinstance(value, str):
        at = chance.randrange(len(value)) if value else 0
        # Never the sign that stands there: "system" with a "y" for its "y" is altered in nothing, and nothing is found.
        other = chance.choice([sign for sign in "xyz" if sign != value[at : at + 1]])
        return value[:at] + other + value[at + 1 :]
    if isinstance(value, dict):
        name = chance.choice(sorted(value))
        return {**value, name: copied(value[name], chance)}
    return value + timedelta(microseconds=chance.choice((-1, 1)))


def alter_one_value(ids, chance):
    victim = chance.choice(ids)
    row = AuditEntry.objects.get(pk=victim)
    name = chance.choice([one for one in OTHERS if getattr(row, one) is not None])
    AuditEntry.objects.filter(pk=victim).update(**{name: copied(getattr(row, name), chance)})
    return victim


def empty_one_value(ids, chance):
    victim = chance.choice(ids)
    AuditEntry.objects.filter(pk=victim).update(after=None)
    return victim


def alter_a_seal(ids, chance):
    victim = chance.choice(ids)
    digest = bytearray(AuditSeal.objects.get(pk=victim).digest)
    digest[chance.randrange(32)] ^= 1 << chance.randrange(8)
    AuditSeal.objects.filter(pk=victim).update(digest=bytes(digest))
    return victim


def delete_an_entry(ids, chance):
    victim = chance.choice(ids)
    act("DELETE FROM kernel_auditentry WHERE id = %s", victim)
    return victim


def delete_a_seal(ids, chance):
    """Not the last: nothing tells an entry whose seal is gone at the end from one that waits for it, but the head."""
    victim = chance.choice(ids[:-1])
    act("DELETE FROM kernel_auditseal WHERE entry_id = %s", victim)
    return victim


def delete_an_entry_with_its_seal(ids, chance):
    """Nothing is left of it: the entry after it no longer fits, and is named."""
    at = chance.randrange(len(ids))
    act("DELETE FROM kernel_auditseal WHERE entry_id = %s", ids[at])
    act("DELETE FROM kernel_auditentry WHERE id = %s", ids[at])
    return ids[min(at + 1, len(ids) - 1)]


def gap_before(ids, chance):
    """A free id and the place in the list of the entry after it."""
    free = [at for at in range(1, len(ids)) if ids[at] - ids[at - 1] > 1]
    at = chance.choice(free)
    return ids[at] - 1, at


def forged(entry_id, ids, chance):
    row = AuditEntry.objects.get(pk=chance.choice(ids))
    row.pk, row._state.adding = entry_id, True
    row.reason = "put in later"
    row.save(force_insert=True)


def insert_an_entry(ids, chance):
    entry_id, _at = gap_before(ids, chance)
    forged(entry_id, ids, chance)
    return entry_id


def insert_an_entry_with_a_fitting_seal(ids, chance):
    """Its own seal is right: the entry after it no longer fits, and is named."""
    entry_id, at = gap_before(ids, chance)
    forged(entry_id, ids, chance)
    before = bytes(AuditSeal.objects.get(pk=ids[at - 1]).digest)
    row = AuditEntry.objects.values(*sealer.FIELDS).get(pk=entry_id)
    AuditSeal.objects.create(entry_id=entry_id, digest=sealer.link(before, row), sealed_at=utc_now())
    return ids[at]


def swap_two_entries(ids, chance):
    first, second = sorted(chance.sample(ids, 2))
    _swap("kernel_auditentry", "id", first, second)
    return first


def swap_two_entries_with_their_seals(ids, chance):
    first, second = sorted(chance.sample(ids, 2))
    _swap("kernel_auditentry", "id", first, second)
    _swap("kernel_auditseal", "entry_id", first, second)
    return first


def _swap(table, key, first, second):
    for now, then in ((first, -1), (second, first), (-1, second)):
        act(f"UPDATE {table} SET {key} = %s WHERE {key} = %s", then, now)


def cut_off_the_end(ids, chance):
    """Found by the head alone, which it names."""
    rest = ids[-chance.randint(1, 5) :]
    act("DELETE FROM kernel_auditseal WHERE entry_id = ANY(%s)", rest)
    act("DELETE FROM kernel_auditentry WHERE id = ANY(%s)", rest)
    return ids[-1]


def alter_and_compute_the_chain_anew(ids, chance):
    """Found by the head alone, which it names."""
    victim = alter_one_value(ids, chance)
    rows = AuditEntry.objects.filter(id__gte=victim, id__lte=ids[-1]).order_by("id").values(*sealer.FIELDS)
    before = AuditSeal.objects.filter(entry_id__lt=victim).order_by("-entry_id").first()
    digest = bytes(before.digest) if before else sealer.FIRST
    seals = []
    for row in rows:
        digest = sealer.link(digest, row)
        seals.append(AuditSeal(entry_id=row["id"], digest=digest))
    AuditSeal.objects.bulk_update(seals, ["digest"], batch_size=500)
    return ids[-1]


WAYS = [
    alter_one_value,
    empty_one_value,
    alter_a_seal,
    delete_an_entry,
    delete_a_seal,
    delete_an_entry_with_its_seal,
    insert_an_entry,
    insert_an_entry_with_a_fitting_seal,
    swap_two_entries,
    swap_two_entries_with_their_seals,
    cut_off_the_end,
    alter_and_compute_the_chain_anew,
]


def tamper(chain, chance, way):
    """Rewrite in one way; (the entry that should be named, what the verification says). All is undone."""
    ids, whole = chain
    with transaction.atomic():
        act("SET LOCAL session_replication_role = replica")  # around triggers and foreign keys
        expected = way(ids, chance)
        found = sealer.verify_audit(head_id=whole.head_id, head=whole.head)
        transaction.set_rollback(True)
    return expected, found


def test_what_was_sealed_and_rewritten_is_found_every_time(chain, seed, report):
    chance, missed, ways = random.Random(seed), [], Counter()
    for number in range(TRIES):
        way = WAYS[number % len(WAYS)]
        expected, found = tamper(chain, chance, way)
        ways[way.__name__] += 1
        if found.bad_id != expected:
            missed.append((number, way.__name__, expected, found))
    report(entries=len(chain[0]), ways=len(ways), tampered=TRIES, found=TRIES - len(missed))
    assert not missed, missed[:5]
    assert sealer.verify_audit() == chain[1], "what was tried was not undone"


def test_control_seals_that_do_not_hang_together_miss_what_was_taken_out_or_swapped(chain, seed, report, monkeypatch):
    """Each entry sealed for itself alone, as a column of checksums would: the check must see that not all is found."""
    monkeypatch.setattr(sealer, "link", lambda before, row, real=sealer.link: real(sealer.FIRST, row))
    act("SET LOCAL session_replication_role = replica")
    AuditSeal.objects.all().delete()
    act("SET LOCAL session_replication_role = origin")
    sealer.seal_entries(now=utc_now(), wait_seconds=120)
    loose = (chain[0], sealer.verify_audit())
    assert loose[1].bad_id is None
    chance, missed = random.Random(seed), 0
    for _ in range(5):
        for way in (delete_an_entry_with_its_seal, insert_an_entry_with_a_fitting_seal):
            expected, found = tamper(loose, chance, way)
            missed += found.bad_id != expected
    report(tampered=10, missed=missed)
    assert missed >= 8
