"""Every number of a queue's day leads to the rows it is made of, and they give the number again."""

import csv
import io

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from citydesk.city.staff.tests.factories import access_with, make_role, make_user
from citydesk.contact.traffic import queries, rules, services
from citydesk.contact.traffic.choices import VIEW
from citydesk.contact.traffic.models import IntervalFact
from citydesk.contact.traffic.rules.behind import OF_TIME, adds, figure_codes, range_of, total
from citydesk.contact.traffic.rules.counting import count_leg
from citydesk.contact.traffic.tests.factories import NOW, RIGHTS, import_text, make_queues
from citydesk.contact.traffic.tests.test_importing import DAY_OF, LOG
from citydesk.contact.traffic.tests.test_rules import legs
from citydesk.kernel.errors import NotFound
from citydesk.kernel.models import ReadEntry

OF_CONTACTS = [one for one in figure_codes() if one not in OF_TIME]


@settings(max_examples=40, deadline=None)
@given(st.lists(legs, max_size=20), st.integers(0, 40), st.integers(0, 15))
def test_what_each_row_adds_is_the_figure(some, threshold, short):
    told = {"threshold_s": threshold, "short_abandon_s": short}
    day = rules.count_legs(some, **told)
    for code in OF_CONTACTS:
        assert total(adds(code, count_leg(one, **told)) for one in some) == adds(code, day), code


def test_a_range_is_said_of_shares_of_contacts_alone():
    assert [round(one, 4) for one in range_of("abandon_rate", rules.Ratio(45, 50))] == [0.7864, 0.9565]
    assert range_of("level.strict", rules.Ratio(5, 5)) is not None
    assert {range_of(one, rules.Ratio(5, 9)) for one in ("asa", "occupancy", "offered")} == {None}
    for unknown in ("level.best", "charm"):
        with pytest.raises(KeyError):
            adds(unknown, rules.Sums())


def rows(figure):
    return queries.rows_behind(access=access_with(*RIGHTS), queue_code="calls", day=DAY_OF, figure=figure)


@pytest.mark.django_db
def test_every_figure_of_a_day_is_the_sum_of_its_rows(client, tmp_path):
    make_queues()
    import_text(tmp_path, LOG)
    page = queries.get_metrics(access=access_with(*RIGHTS), queue_code="calls", since=DAY_OF, until=DAY_OF)
    known = {one.metric.code: one.ratio for one in page.figures}
    known |= {f"level.{one.formula.value}": one.ratio for one in page.levels}
    assert set(known) == set(figure_codes()) and page.sums.offered > page.sums.answered > 0
    for code, ratio in known.items():
        found = rows(code)
        above, below = sum(one.above for one in found.rows), sum(one.below for one in found.rows)
        is_count = code in OF_CONTACTS and not below and ratio.denominator == 1
        within = 3 if code in OF_TIME else 0
        assert abs(above - ratio.numerator) <= within and (is_count or abs(below - ratio.denominator) <= within), code
    # What is counted and what is left out are together all that came.
    for code in OF_CONTACTS:
        found = rows(code)
        assert len(found.rows) + sum(some for _outcome, some in found.left_out) == page.sums.offered, code
    waits = sorted(one.above for one in rows("wait_median_all").rows)
    assert max(waits) == page.waits["wait_longest"] and len(waits) > len(rows("wait_median").rows)
    for wrong in ("level.best", "adherence", ""):
        with pytest.raises(NotFound):
            rows(wrong)

    client.force_login(make_user("sue", roles=[make_role("sees_traffic", [VIEW])]))
    asked = {"queue": "calls", "on": DAY_OF.isoformat(), "figure": "level.net_of_short"}
    day = client.get(reverse("traffic:day"), {"queue": "calls", "on": DAY_OF.isoformat()}).content.decode()
    assert "figure=level.net_of_short" in day and "figure=wait_p90_all" in day
    shown = client.get(reverse("traffic:behind"), asked).content.decode()
    ratio = known["level.net_of_short"]
    assert f"{ratio.numerator} / {ratio.denominator}" in shown and "Rows behind it" in shown
    assert client.get(reverse("traffic:behind"), {**asked, "figure": "charm"}).status_code == 404
    assert "No row adds to it" in client.get(reverse("traffic:behind")).content.decode()
    taken = client.get(reverse("traffic:behind"), {**asked, "as": "csv"}).content
    file = list(csv.DictReader(io.StringIO(taken.decode("utf-8-sig"))))
    assert sum(int(one["above"]) for one in file) == ratio.numerator
    assert sum(int(one["below"]) for one in file) == ratio.denominator
    assert ReadEntry.objects.filter(object_type="traffic.figure", purpose="file").count() == 1
    # Counted anew the same day says the same, to the byte.
    services.rebuild_facts(since=DAY_OF, until=DAY_OF, now=NOW)
    assert client.get(reverse("traffic:behind"), {**asked, "as": "csv"}).content == taken


@pytest.mark.django_db
def test_counts_and_destroyed_intervals_stand_for_themselves(tmp_path):
    make_queues()
    text = "time,calls\n2026-03-10 08:00,7\n2026-03-10 08:30,5\n"
    import_text(tmp_path, text, "intervals", queue="calls")
    assert [(one.kind, one.above) for one in rows("offered").rows] == [("interval", 7), ("interval", 5)]
    with pytest.raises(NotFound):
        rows("asa")
    import_text(tmp_path, LOG)
    before = rows("offered")
    assert {one.kind for one in before.rows} == {"interval", "leg"}
    IntervalFact.objects.filter(told="").update(is_final=True)
    after = rows("offered")
    assert {one.kind for one in after.rows} == {"interval"} and before.ratio == after.ratio
    assert sum(one.above for one in after.rows) == after.ratio.numerator
