"""What a certificate of destruction says."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from citydesk.city.profile import queries as profile
from citydesk.kernel import texts
from citydesk.kernel.registries import registries
from citydesk.management.records import labels
from citydesk.management.records.choices import Basis, ItemState
from citydesk.management.records.models import Disposal, DisposalItem

# Longer lists are named by the digest and kept with the disposal.
_NAMED = 400


def period_words(facts: dict[str, Any]) -> str:
    """ "3 years after closed", in the reader's language."""
    parts = [
        ngettext("%(n)s year", "%(n)s years", facts["years"]) % {"n": facts["years"]} if facts["years"] else "",
        ngettext("%(n)s month", "%(n)s months", facts["months"]) % {"n": facts["months"]} if facts["months"] else "",
        ngettext("%(n)s day", "%(n)s days", facts["days"]) % {"n": facts["days"]} if facts["days"] else "",
    ]
    words = [*filter(None, parts), str(labels.BASIS[Basis(facts["basis"])])]
    return ", ".join(filter(None, words))


def certificate_data(disposal: Disposal) -> dict[str, Any]:
    """The certificate in the city's first language: series, law, counts, digests, people; no content of any record."""
    city = profile.city()
    with translation.override(city.languages[0]):
        kind = registries.retention[disposal.kind]
        items = DisposalItem.objects.filter(disposal=disposal).order_by("happened_at", "id")
        destroyed = items.filter(state=ItemState.DESTROYED)
        kept = items.filter(state=ItemState.KEPT)
        return {
            "title": _("Certificate of destruction %(number)s") % {"number": disposal.number},
            "city": city.name,
            "sample": _("Sample schedule of an invented city.") if disposal.series.get("sample") else "",
            "facts": [
                [_("Series"), f"{disposal.series['name']} ({disposal.series['code']})"],
                [_("Records"), str(kind.label)],
                [_("Kept for"), period_words(disposal.series)],
                [_("By"), disposal.series["citation"]],
                [_("Triggers"), f"{texts.short_date(disposal.oldest_on)} – {texts.short_date(disposal.newest_on)}"],
                [_("Listed"), str(disposal.item_count)],
                [_("Destroyed"), str(disposal.destroyed_count)],
                [_("Kept"), str(disposal.kept_count)],
                [_("Files removed"), str(disposal.files_gone)],
                [_("Proposed by"), f"{disposal.proposed_by.name}, {texts.full_time(disposal.proposed_at)}"],
                [_("Signed by"), f"{_decider(disposal)}, {texts.full_time(disposal.decided_at)}"],
                [_("Destroyed by"), texts.full_time(disposal.finished_at)],
                [_("Digest of the list"), disposal.digest],
            ],
            "heads": {
                "rows": _("Rows by table"),
                "items": _("Records destroyed"),
                "kept": _("Records kept"),
                "more": _("and %(n)s more, under the digest of the list")
                % {"n": max(0, disposal.destroyed_count - _NAMED)}
                if disposal.destroyed_count > _NAMED
                else "",
                "table": _("Table"),
                "count": _("Rows"),
                "record": _("Record"),
                "digest": _("Digest over its rows"),
                "why": _("Why"),
            },
            "rows": [[table, str(n)] for table, n in disposal.rows.items()],
            "items": [[one.label, one.digest] for one in destroyed[:_NAMED]],
            "kept": [[one.label, one.why] for one in kept[:_NAMED]],
        }


def _decider(disposal: Disposal) -> str:
    return disposal.decided_by.name if disposal.decided_by else ""
