"""Research and problems that lie with people: for whoever must move them when they are away."""

from collections.abc import Collection

from django.db.models import Count

from citydesk.contact.problems.choices import ProblemState, ResearchState
from citydesk.contact.problems.models import Problem, Research
from citydesk.kernel.actors import Access


def count_research(access: Access, user_ids: Collection[int]) -> dict[int, int]:
    """Open research tasks of each person. One statement, none for nobody."""
    if not user_ids:
        return {}
    rows = Research.objects.filter(assignee_id__in=list(user_ids), state=ResearchState.OPEN)
    return dict(rows.values_list("assignee_id").annotate(n=Count("id")).order_by())


def count_problems(access: Access, user_ids: Collection[int]) -> dict[int, int]:
    """Open problems that each person answers for. One statement, none for nobody."""
    if not user_ids:
        return {}
    rows = Problem.objects.filter(owner_id__in=list(user_ids)).exclude(state=ProblemState.CLOSED)
    return dict(rows.values_list("owner_id").annotate(n=Count("id")).order_by())
