"""Referrals, violations, proofs and deliveries as records: whose retention may end, what leaves the house of them."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from citydesk.city.profile import queries as profile
from citydesk.contact.referrals import labels
from citydesk.contact.referrals.choices import (
    OPEN_STATES,
    DeliveryState,
    EntryKind,
    Outcome,
    ReferralState,
    ViolationState,
)
from citydesk.contact.referrals.models import (
    Delivery,
    DueDate,
    Referral,
    ReferralEntry,
    ReferralFile,
    Violation,
    ViolationFile,
)
from citydesk.contact.referrals.queries.duties import violations_in_sight
from citydesk.contact.referrals.queries.sight import referrals_in_sight
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel import texts
from citydesk.kernel.actors import Access
from citydesk.kernel.destruction import Due, due_rows
from citydesk.kernel.errors import NotFound
from citydesk.kernel.exports import Field, Found, Record, Wanted
from citydesk.kernel.files import files_saying

Place = tuple[datetime, int] | None


def referrals_due(
    *, before: datetime, after: Place = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Ended referrals by when they ended; a hold on the request's number holds its referrals, too."""
    ended = Referral.objects.exclude(state__in=OPEN_STATES)
    rows = due_rows(ended, "ended_at", before=before, after=after, limit=limit, ids=ids)
    columns = rows.values_list("pk", "number", "ended_at", "request_number")
    return [Due(pk, number, at, numbers=(number, request)) for pk, number, at, request in columns if at is not None]


def violations_due(
    *, before: datetime, after: Place = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Closed violations by the day of their outcome."""
    closed = Violation.objects.filter(state=ViolationState.CLOSED)
    rows = _by_day(closed, "outcome_on", before, after, ids)[:limit].values_list(
        "pk", "number", "outcome_on", "request_number"
    )
    return [
        Due(pk, number, _noon(day), numbers=tuple(filter(None, (number, request)))) for pk, number, day, request in rows
    ]


def dues_due(
    *, before: datetime, after: Place = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """Proofs for regulators by the day they were filed."""
    filed = DueDate.objects.filter(filed_at__isnull=False)
    rows = _by_day(filed, "filed_on", before, after, ids)[:limit].values_list(
        "pk", "obligation__code", "due_on", "filed_on"
    )
    return [Due(pk, f"{code} {due:%Y-%m-%d}", _noon(day), numbers=(code,)) for pk, code, due, day in rows]


def deliveries_due(
    *, before: datetime, after: Place = None, limit: int = 500, ids: Collection[int] | None = None
) -> list[Due]:
    """What programs were told, by when it was written; what waits is not due."""
    over = Delivery.objects.exclude(state=DeliveryState.WAITING)
    rows = due_rows(over, "made_at", before=before, after=after, limit=limit, ids=ids)
    columns = rows.values_list("pk", "event_id", "made_at", "payload__data__number")
    return [Due(pk, event, at, numbers=(str(number),) if number else ()) for pk, event, at, number in columns]


def _by_day(
    rows: "QuerySet[Any]", day: str, before: datetime, after: Place, ids: Collection[int] | None
) -> "QuerySet[Any]":
    """Rows by a day of the city; `before` is the beginning of one."""
    zone = profile.local_zone()
    found = rows.filter(**{f"{day}__lt": before.astimezone(zone).date()})
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    if after is not None:
        last = after[0].astimezone(zone).date()
        found = found.filter(Q(**{f"{day}__gt": last}) | Q(**{day: last, "pk__gt": after[1]}))
    return found.order_by(day, "pk")


def _noon(day: date) -> datetime:
    """The moment that stands for a day: noon in the city, the same day in every zone a city has."""
    return datetime.combine(day, time(12), tzinfo=profile.local_zone())


def find_referral_records(access: Access, wanted: Wanted) -> list[Found]:
    """Referrals whose words, place, numbers or answers say the text, newest first."""
    rows = _between(referrals_in_sight(access), "sent_at", wanted)
    if wanted.text:
        said = ReferralEntry.objects.filter(referral_id=OuterRef("pk"), text__icontains=wanted.text)
        rows = rows.filter(
            Q(text__icontains=wanted.text)
            | Q(place_label__icontains=wanted.text)
            | Q(number__iexact=wanted.text)
            | Q(request_number__iexact=wanted.text)
            | Exists(said)
            | Exists(ReferralFile.objects.filter(referral_id=OuterRef("pk"), file_id__in=files_saying(wanted.text)))
        )
    found = rows.order_by("-sent_at", "-pk")[: wanted.limit]
    return [
        Found(pk, number, at, ", ".join(filter(None, (labels.in_language(names), place))), secret)
        for pk, number, at, names, place, secret in found.values_list(
            "pk", "number", "sent_at", "agency__names", "place_label", "request__is_confidential"
        )
    ]


def referrals_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """Referrals of the requests that people reported, newest first; not of those made in confidence."""
    theirs = requests.requests_in_sight(access).filter(customer_id__in=list(customer_ids), is_confidential=False)
    rows = referrals_in_sight(access).filter(request_id__in=theirs.values_list("pk", flat=True))
    return list(rows.order_by("-sent_at", "-pk").values_list("pk", flat=True))


def read_referral_record(access: Access, object_id: int) -> Record:
    """A referral in plain fields. Raises `NotFound`."""
    row = referrals_in_sight(access).select_related("agency").filter(pk=object_id).first()
    if row is None:
        raise NotFound(_("There is no such referral."))
    entries = ReferralEntry.objects.filter(referral=row).order_by("pk")
    fields = [
        Field("request", _("Request"), row.request_number, "public"),
        Field("agency", _("Agency"), labels.in_language(row.agency.names), "public"),
        Field("state", _("Status"), str(labels.STATES[ReferralState(row.state)]), "public"),
        Field("sent", _("Sent"), texts.full_time(row.sent_at), "public"),
        Field("ended", _("Ended"), texts.full_time(row.ended_at) if row.ended_at else "", "public"),
        Field("place", _("Place"), row.place_label, "personal"),
        Field("text", _("Written for them"), row.text, "personal"),
        Field("external_number", _("Their number"), row.external_number, "internal"),
        *(
            Field(
                f"entry.{one.pk}",
                f"{labels.ENTRIES[EntryKind(one.kind)]} {texts.full_time(one.at)}, {one.by_label}",
                one.text,
                "internal",
                is_of_others=True,
            )
            for one in entries
        ),
    ]
    files = ReferralFile.objects.filter(referral=row).order_by("pk").values_list("file_id", flat=True)
    return _record(row.pk, row.number, labels.in_language(row.service_names), row.sent_at, fields, files)


def find_violation_records(access: Access, wanted: Wanted) -> list[Found]:
    """Violations that say the text, newest first."""
    rows = _between(violations_in_sight(access), "reported_at", wanted)
    if wanted.text:
        columns = ("title", "text", "place_label", "citation", "outcome_text")
        says = Q(number__iexact=wanted.text) | Q(request_number__iexact=wanted.text)
        says |= Q(
            Exists(ViolationFile.objects.filter(violation_id=OuterRef("pk"), file_id__in=files_saying(wanted.text)))
        )
        for one in columns:
            says |= Q(**{f"{one}__icontains": wanted.text})
        rows = rows.filter(says)
    found = rows.order_by("-reported_at", "-pk")[: wanted.limit]
    return [Found(*values) for values in found.values_list("pk", "number", "reported_at", "title")]


def violations_of_people(access: Access, customer_ids: Collection[int]) -> list[int]:
    """None: a violation is what the city reported, not what a person told."""
    return []


def read_violation_record(access: Access, object_id: int) -> Record:
    """A violation in plain fields. Raises `NotFound`."""
    row = violations_in_sight(access).select_related("agency").filter(pk=object_id).first()
    if row is None:
        raise NotFound(_("There is no such violation."))
    fields = [
        Field("agency", _("Agency"), labels.in_language(row.agency.names), "public"),
        Field("state", _("Status"), str(labels.VIOLATIONS[ViolationState(row.state)]), "public"),
        Field("title", _("What"), row.title, "public"),
        Field("citation", _("Rule"), row.citation, "public"),
        Field("happened", _("Happened"), texts.short_date(row.happened_on), "public"),
        Field("place", _("Place"), row.place_label, "personal"),
        Field("text", _("What was seen"), row.text, "confidential"),
        Field("external_number", _("Their number"), row.external_number, "internal"),
        Field("outcome", _("Outcome"), str(labels.OUTCOMES[Outcome(row.outcome)]) if row.outcome else "", "public"),
        Field("outcome_text", _("What came of it"), row.outcome_text, "confidential"),
    ]
    files = row.files.order_by("pk").values_list("file_id", flat=True)
    return _record(row.pk, row.number, row.title, row.reported_at, fields, files)


def _record(pk: int, number: str, title: str, at: datetime, fields: list[Field], files: Any) -> Record:
    return Record(pk, number, title, at, tuple(one for one in fields if one.text), tuple(files))


def _between(rows: "QuerySet[Any]", at: str, wanted: Wanted) -> "QuerySet[Any]":
    if wanted.since:
        rows = rows.filter(**{f"{at}__gte": wanted.since})
    return rows.filter(**{f"{at}__lt": wanted.until}) if wanted.until else rows
