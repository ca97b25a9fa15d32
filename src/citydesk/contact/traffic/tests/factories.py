"""A city with queues, and records to import, for tests of this room and of those above."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

from citydesk.city.profile import queries as profile
from citydesk.city.profile.tests.factories import have_small
from citydesk.contact.traffic.choices import DESK, MANAGE, REPORT, VIEW
from citydesk.contact.traffic.models import ContactLeg, IntervalFact, Malfunction, Queue
from citydesk.contact.traffic.services import import_contacts
from citydesk.kernel.actors import SYSTEM

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
DAY = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
RIGHTS = (VIEW, MANAGE, REPORT)

_QUEUE = """
[queue.{code}]
name = {{en = "{code}", es = "{code}"}}
channel = "voice"
formula = "net_of_short"
sl_target = 0.80
sl_threshold = 20
short_abandon = 5
acw_max = 60
slot_minutes = 30
calendar = "office"
source_names = ["{name}"]
callback_keys = ["1"]
order = {order}
"""


TRUNK = """
[trunk.main]
name = {en = "Main number", es = "Número principal"}
contexts = ["from-pstn", "ivr-*", "ext-queues"]
closed = ["closed-*"]
"""


def make_queues(*codes: str, more: str = "", files: dict[str, str] | None = None) -> dict[str, Queue]:
    """Load a small city with these queues of calls; a source may call them by code or by `<code>-line`.

    `files` are other files of its profile.
    """
    wanted = codes or ("calls", "permits")
    text = "".join(_QUEUE.format(code=one, name=f"{one}-line", order=place) for place, one in enumerate(wanted, 1))
    have_small({"queues.toml": text + more, **(files or {})})
    return {one.code: one for one in Queue.objects.filter(code__in=wanted)}


def import_text(tmp_path, text, format="queue_log", *, source="pbx", now=NOW, **given):
    """Import records written in a test."""
    file = tmp_path / "records.txt"
    file.write_text(text, encoding="utf-8")
    return import_contacts(file=file, format=format, source=source, actor=SYSTEM, now=now, **given)


def extra() -> dict[str, str]:
    """Files of a profile: one queue of calls, and what is measured of people."""
    on = 'is_on = true\nagreement = {en = "Article 7", es = "Artículo 7"}\n'
    monitors = "".join(f"[monitor.{one}]\n{on}" for one in ("handle_time", "records", "states"))
    monitors += f"[monitor.adherence]\nown_first_days = 0\n{on}"
    return {"queues.toml": _QUEUE.format(code="calls", name="calls-line", order=1) + TRUNK, "monitoring.toml": monitors}


def _record(at: int, context: str) -> str:
    """A call detail record of half a minute, by Greenwich's clock."""
    start = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return (
        f'"","1","s","{context}","1","PJSIP/t","","Playback","","{start}","{start}","{start}",30,30,"ANSWERED",'
        f'"DOCUMENTATION","{at}.1"\n'
    )


def pages(folder, now: datetime) -> list[str]:
    """The page of a day on which calls were answered without a record, and of which the switch told something odd; the
    call's own page; a malfunction that lasts. A caller waits on the board."""
    at = int(now.timestamp()) - 3600
    lines = [
        f"{at}|k1|calls|NONE|ENTERQUEUE||4235550101|1\n",
        f"{at + 10}|k1|calls|PJSIP/201|CONNECT|10|r|5\n",
        f"{at + 70}|k1|calls|PJSIP/201|COMPLETECALLER|10|60|1\n",
        f"{at + 80}|k1|calls|PJSIP/201|COMPLETECALLER|10|60|1\n",
    ]
    lines.append(f"{at + 3500}|k2|calls|NONE|ENTERQUEUE||4235550102|1\n")
    import_text(folder, "".join(lines), now=now)
    import_text(folder, _record(at + 5, "ivr-main") + _record(at + 60, "closed-announcement"), "cdr", now=now)
    leg = ContactLeg.objects.get(source_id__startswith="k1", outcome="answered")
    broken = Malfunction.objects.create(
        kind="telephone", what="No dial tone", started_at=now, is_everybody=True, reported_at=now
    )
    return [
        reverse("traffic:pairing_leg", args=[leg.pk]),
        reverse("traffic:malfunction", args=[broken.pk]),
        f"{reverse('traffic:day')}?queue=calls&on={profile.city_today(now - timedelta(hours=1)).isoformat()}",
        f"{reverse('traffic:received')}?on={profile.city_today(now - timedelta(hours=1)).isoformat()}",
    ]


def make_facts(queue_code: str, rows, *, minutes: int = 30, handle_s: int = 240, abandoned_every: int = 20) -> None:
    """Interval facts as they are after counting: (start, offered) each; one of so many hangs up after a minute."""
    queue, facts = Queue.objects.get(code=queue_code), []
    for starts_at, offered in rows:
        gone = offered // abandoned_every
        facts.append(
            IntervalFact(
                queue=queue,
                starts_at=starts_at,
                minutes=minutes,
                definition=1,
                formula=queue.sl_formula,
                threshold_s=queue.sl_threshold_s,
                short_abandon_s=queue.short_abandon_s,
                offered=offered,
                answered=offered - gone,
                abandoned=gone,
                handled=offered - gone,
                talk_s=handle_s * (offered - gone),
                wait_all_s=10 * offered + 60 * gone,
            )
        )
    IntervalFact.objects.bulk_create(facts)


def tell_from_desk(queue_code: str, number: str, begin: datetime, *, talk_s: int = 240) -> None:
    """A contact of the desk as the leg that stands for it, answered at once."""
    ContactLeg.objects.create(
        source=DESK, source_id=number, revised_at=begin, queue=Queue.objects.get(code=queue_code), entered_at=begin,
        wait_ended_at=begin, ended_at=begin + timedelta(seconds=talk_s), outcome="answered", talk_s=talk_s,
    )  # fmt: skip


def answer_in_time(count: int) -> None:
    """Every interval answered so many within its threshold."""
    IntervalFact.objects.update(answered_within=count)


def break_down(starts_at: datetime, ends_at: datetime) -> None:
    """The telephones worked for nobody."""
    Malfunction.objects.create(
        kind="telephony", what="No lines", started_at=starts_at, ended_at=ends_at, is_everybody=True,
        reported_at=starts_at,
    )  # fmt: skip


def correct_fact(starts_at: datetime, offered: int) -> None:
    """What came in an interval turns out to have been another number."""
    IntervalFact.objects.filter(starts_at=starts_at).update(offered=offered)
