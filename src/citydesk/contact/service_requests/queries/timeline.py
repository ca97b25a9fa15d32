"""The timeline: history, notes and messages of a request as sentences, newest first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from citydesk.contact.service_requests import labels
from citydesk.contact.service_requests.choices import BulkKind
from citydesk.contact.service_requests.queries import policy
from citydesk.contact.service_requests.rules import catalog
from citydesk.kernel.audit import HistoryLine
from citydesk.kernel.texts import day_and_clock

_ICONS = {
    "recorded": "add_circle_outline",
    "routed": "arrow_forward",
    "assigned": "person",
    "accepted": "check",
    "undone": "undo",
    "returned": "undo",
    "ruled": "person",
    "started": "construction",
    "work_started": "construction",
    "work_order_made": "construction",
    "work_result": "construction",
    "work_reopened": "construction",
    "work_cancelled": "construction",
    "made_safe": "security",
    "held": "timer",
    "hold_ended": "timer",
    "resumed": "timer",
    "clock_changed": "timer",
    "escalated": "timer",
    "recomputed": "timer",
    "asked": "chat",
    "answered": "chat",
    "closed": "check_circle",
    "reopened": "autorenew",
    "corrected": "edit",
    "public_text": "public",
    "public_note": "public",
    "note": "lock_outline",
    "identity_opened": "lock_open",
    "file_added": "photo_camera",
    "file_reviewed": "photo_camera",
    "file_imported": "photo_camera",
    "notes_taken_back": "undo",
    "files_taken_back": "undo",
    "imported": "file_download",
    "import_changed": "file_download",
    "status_told": "phone",
    "asked_again": "phone",
}
# Acts whose words stand in a note that is shown as itself.
_SHOWN_AS_NOTE = frozenset({"note", "public_note", "note_imported"})
_SAID = frozenset({"recorded", "status_told", "asked", "public_note", "closed", "reopened"})


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `kind` is public, internal or change; `is_said` where a resident heard it."""

    at: datetime
    who: str
    sentence: str
    detail: str
    icon: str
    kind: str
    is_said: bool
    code: str = ""
    link: str = ""


def timeline_of(
    history: Sequence[HistoryLine],
    notes: Sequence[Any],
    messages: Sequence[Mapping[str, Any]],
    service: catalog.Service,
    language: str,
) -> list[Entry]:
    """All entries, newest first."""
    entries = [_act(line, service, language) for line in history if _short(line.code) not in _SHOWN_AS_NOTE]
    entries += [_note(note) for note in notes]
    entries += _messages(messages)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _short(code: str) -> str:
    return code.partition(".")[2]


def _act(line: HistoryLine, service: catalog.Service, language: str) -> Entry:
    code = _short(line.code)
    after = line.after if isinstance(line.after, dict) else {}
    before = line.before if isinstance(line.before, dict) else {}
    write = _SENTENCES.get(code)
    who, sentence, detail = line.actor, line.sentence, ""
    if write:
        who, sentence, detail = write(line, before, after, service, language)
    reason = _("Reason: %(reason)s") % {"reason": line.reason} if line.reason else ""
    return Entry(
        at=line.at,
        who=who,
        sentence=sentence,
        detail=". ".join(part for part in (detail, reason) if part),
        icon=_ICONS.get(code, "edit"),
        kind="public" if line.is_public and code in _SAID else "change",
        is_said=code in _SAID,
        code=code,
    )


def _note(note: Any) -> Entry:
    is_public = note.kind == "public"
    sentence = _("wrote to the people who follow") if is_public else _("wrote an internal note")
    if note.source:
        words = {"source": note.source}
        said = _("wrote a public note, imported from %(source)s"), _("wrote an internal note, imported from %(source)s")
        sentence = said[not is_public] % words
    return Entry(
        at=note.written_at,
        who=note.author_label,
        sentence=sentence,
        detail=note.text,
        icon="public" if is_public else "lock_outline",
        kind="public" if is_public else "internal",
        is_said=is_public and not note.source,
        code="note",
    )


def _messages(messages: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Messages of one template written in one minute as one line: "sent … to 4 people"."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in messages:
        at = one["written_at"]
        groups.setdefault((one.get("template_code", ""), at.strftime("%Y%m%d%H%M")), []).append(one)
    entries = []
    for rows in groups.values():
        arrived = sum(1 for row in rows if row["state"] in ("sent", "delivered"))
        first = rows[0]
        subject = first.get("subject") or first.get("template_code", "")
        entries.append(
            Entry(
                at=first["written_at"],
                who=_("System"),
                sentence=_('wrote "%(subject)s" to %(n)s people') % {"subject": subject, "n": len(rows)}
                if len(rows) > 1
                else _('wrote "%(subject)s" to one person') % {"subject": subject},
                detail=_("Sent %(n)s of %(all)s") % {"n": arrived, "all": len(rows)},
                icon="mail_outline",
                kind="public",
                is_said=True,
                code="message",
            )
        )
    return entries


Words = tuple[str, str, str]
Writer = Callable[[HistoryLine, Mapping[str, Any], Mapping[str, Any], catalog.Service, str], Words]


def _moment(value: Any) -> str:
    return day_and_clock(datetime.fromisoformat(value)) if isinstance(value, str) and value else ""


def _recorded(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    channel = str(labels.CHANNELS.get(after.get("channel", ""), after.get("channel", "")))
    told = _moment(after.get("promised"))
    detail = _("Due told: %(at)s") % {"at": told} if told else ""
    return line.actor, _("recorded the request, came by %(channel)s") % {"channel": channel}, detail


def _routed(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    team = next((one for one in policy.teams_by_code().values() if one.id == after.get("team")), None)
    name = labels.in_language(team.names, language) or team.name if team else _("nobody")
    if after.get("order") is None:
        return (
            service.name_in(language),
            _("goes to %(team)s") % {"team": name},
            _("No rule matched; the code's own team"),
        )
    who = _("Rule %(n)s") % {"n": after["order"]}
    return who, _("routed to %(team)s") % {"team": name}, labels.in_language(after.get("names") or {}, language)


def _with_whom(after: Any) -> str:
    """Whom it lies with after the act: the person, else the team in the reader's language, else as it was called."""
    if after.get("owner_name"):
        return str(after["owner_name"])
    team = next((one for one in policy.teams_by_code().values() if one.id == after.get("team")), None)
    return (team.name if team else after.get("team_name")) or _("nobody")


def _assigned(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    to = _with_whom(after)
    return line.actor, _("assigned the request to %(name)s") % {"name": to}, ""


def _undone(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    if after.get("act") == BulkKind.HOLD:
        return line.actor, _("took the hold back"), _("The clock runs as if it had not stood")
    name = _with_whom(after)
    return line.actor, _("took the assignment back"), _("It lies with %(name)s again") % {"name": name}


def _held(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    reason = labels.in_language(after.get("names") or {}, language) or after.get("reason", "")
    detail = _("%(reason)s. Review by %(at)s") % {"reason": reason, "at": _moment(after.get("review_at"))}
    return line.actor, _("put the request on hold"), detail


def _resumed(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    minutes = int(after.get("seconds") or 0) // 60
    was, due = _moment(before.get("due")), _moment(after.get("due"))
    moved = _("Due moved from %(was)s to %(due)s") % {"was": was, "due": due} if was != due and was else ""
    return _("Clock"), _("runs again, stood %(n)s min") % {"n": minutes}, moved


def _closed(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    reason = str(labels.CLOSE_REASONS.get(after.get("reason", ""), after.get("reason", "")))
    on_time = after.get("on_time")
    detail = "" if on_time is None else _("On time") if on_time else _("After the due time")
    return line.actor, _("closed the request: %(reason)s") % {"reason": reason}, detail


def _reopened(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    return line.actor, _("reopened the request"), _("New due time %(at)s") % {"at": _moment(after.get("due"))}


def _corrected(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    what = str(after.get("what", ""))
    if what.startswith("answer:"):
        question = service.question(what.partition(":")[2])
        name = labels.in_language(question.short or question.ask, language) if question else what
    else:
        name = str(labels.CORRECTED.get(what, what))
    was, now = _value(before.get("value")), _value(after.get("value"))
    if what in ("description", "customer"):
        return line.actor, _("corrected %(what)s") % {"what": name}, ""
    words = {"what": name, "was": was or _("empty"), "now": now or _("empty")}
    return line.actor, _("corrected %(what)s: %(was)s to %(now)s") % words, ""


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("label") or value.get("detail") or "")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(labels.ANSWERS.get(value, value)) if value is not None else ""


def _clock_changed(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    words = {
        "was": str(labels.URGENCIES.get(before.get("urgency", ""), "")),
        "now": str(labels.URGENCIES.get(after.get("urgency", ""), "")),
    }
    due = _("Due %(at)s") % {"at": _moment(after.get("due"))}
    return _("Urgency"), _("changed from %(was)s to %(now)s") % words, due


def _escalated(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    target = labels.in_language(after.get("names") or {}, language)
    to = str(labels.ESCALATE_TO.get(after.get("to", ""), after.get("to", "")))
    told = ", ".join(after.get("told") or [])
    sentence = _("%(percent)s percent used, told the %(to)s") % {"percent": after.get("percent"), "to": to}
    return target, sentence, told


def _recomputed(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    words = {"was": _moment(before.get("due")), "due": _moment(after.get("due"))}
    told = _moment(after.get("promised"))
    detail = _("Told to the resident: %(at)s, unchanged") % {"at": told} if told else ""
    return _("Clock"), _("computed anew, due moved from %(was)s to %(due)s") % words, detail


def _status_told(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    said = _("told the status to a caller")
    if after.get("nudged"):
        said = _("told the status to a caller, reminded the owner")
    return line.actor, said, _("Repeat contact %(n)s") % {"n": int(after.get("count") or 1) - 1}


def _file_imported(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    words = {"who": after.get("who") or _("somebody"), "at": _moment(after.get("at"))}
    sentence = _("brought over a file from %(source)s") % {"source": after.get("source", "")}
    return line.actor, sentence, _("Added there by %(who)s, %(at)s") % words


def _imported(line: HistoryLine, before: Any, after: Any, service: catalog.Service, language: str) -> Words:
    words = {"source": after.get("source", ""), "number": after.get("external_id", "")}
    return line.actor, _("imported the request from %(source)s, number %(number)s there") % words, ""


_SENTENCES: dict[str, Writer] = {
    "file_imported": _file_imported,
    "imported": _imported,
    "recorded": _recorded,
    "routed": _routed,
    "assigned": _assigned,
    "undone": _undone,
    "held": _held,
    "resumed": _resumed,
    "hold_ended": _resumed,
    "closed": _closed,
    "reopened": _reopened,
    "corrected": _corrected,
    "clock_changed": _clock_changed,
    "escalated": _escalated,
    "recomputed": _recomputed,
    "status_told": _status_told,
}
