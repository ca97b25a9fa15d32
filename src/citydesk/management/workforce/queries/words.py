"""The sentences that explain a requirement."""

from django.utils.translation import gettext as _

from citydesk.management.workforce.labels import percent
from citydesk.management.workforce.rules.requirement import Requirement, Row


def explanation(found: Requirement, rows: list[Row]) -> str:
    """Why so many: the load, what is added to it or saved, and what one fewer would do."""
    if not found.agents:
        return _("Nothing comes, so nobody is needed.")
    facts = {"agents": found.agents, "erlangs": f"{found.load.erlangs:.1f}", "margin": f"{abs(found.margin):.1f}"}
    if found.margin >= 0:
        words = _("%(agents)s = %(erlangs)s Erlangs + %(margin)s.") % facts
    else:
        words = _("%(agents)s = %(erlangs)s Erlangs - %(margin)s, because some callers hang up.") % facts
    fewer = next((row for row in rows if row.agents == found.agents - 1), None)
    return f"{words} {_fewer(fewer)}".strip()


def _fewer(row: Row | None) -> str:
    if row is None or not row.agents:
        return ""
    facts = {"agents": row.agents, "level": percent(row.service_level)}
    if not row.figures.is_stable:
        return _("With %(agents)s the line would grow without end.") % facts
    if row.meets:
        return ""
    return _("With %(agents)s the service level falls to %(level)s %%.") % facts
