"""Charts: the picture and its table say the same, and every mark leads to its records."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

from citydesk.kernel.charts import ChartColumn, bar_chart, line_chart, stacked_chart
from citydesk.kernel.charts_engine import render_svg

DAY = ChartColumn("day", "Day", "date")
OPENED, CLOSED = ChartColumn("opened", "Opened", "number"), ChartColumn("closed", "Closed", "number")
DAYS = [
    {"day": date(2026, 11, day), "opened": day, "closed": Decimal(day) / 2, "opened_href": f"/desk/?day={day}"}
    for day in (1, 2, 3)
]


def test_a_line_chart_has_a_mark_a_value_and_a_link_where_there_are_records():
    chart = line_chart(code="x", label="Opened and closed", at=DAY, values=[OPENED, CLOSED], rows=DAYS, summary="Up.")
    values = chart.spec["data"]["values"]
    assert len(values) == 6
    assert {row["amount"] for row in values} == {1, 2, 3, 0.5, 1.5}
    assert values[0]["said"] == "1 Nov 2026, Opened 1", "a link of the drawing is read aloud: no time stamp"
    assert [row["href"] for row in values if row["series"] == "Opened"] == [f"/desk/?day={n}" for n in (1, 2, 3)]
    assert chart.spec["encoding"]["href"]["field"] == "href"
    assert [column.code for column in chart.columns] == ["day", "opened", "closed"]
    assert chart.rows == DAYS
    assert chart.spec["description"] == chart.in_words == "Up."
    json.dumps(chart.spec)


def test_a_chart_without_a_summary_is_told_by_its_ranges():
    chart = line_chart(code="x", label="Opened and closed", at=DAY, values=[OPENED, CLOSED], rows=DAYS)
    assert chart.in_words == ("Opened: from 1 to 3, most at 3 Nov 2026. Closed: from 0.5 to 1.5, most at 3 Nov 2026.")
    nothing = line_chart(code="x", label="x", at=DAY, values=[OPENED], rows=[])
    assert nothing.in_words == ""


def test_the_days_named_under_a_line_are_those_of_its_points():
    def named(rows):
        spec = line_chart(code="x", label="x", at=DAY, values=[OPENED], rows=rows).spec
        return [(one["month"], one["date"]) for one in spec["encoding"]["x"].get("axis", {}).get("values", ())]

    mondays = [{"day": date(2026, 8, 31) + timedelta(weeks=n), "opened": n} for n in range(12)]
    assert named(DAYS) == [(11, 1), (11, 2), (11, 3)]
    assert named(mondays) == [(9, 7), (9, 21), (10, 5), (10, 19), (11, 2), (11, 16)], "every second, back from the last"
    assert named(mondays[::-1]) == named(mondays)
    assert named([{"day": datetime(2026, 11, 1, 8, 30), "opened": 1}]) == [], "moments are named by the drawing"


def test_a_bar_chart_keeps_the_order_of_the_rows_and_links_them():
    rows = [{"code": "Pothole", "n": 9, "href": "/desk/?c=p"}, {"code": "Ash <b>", "n": 12, "href": "/desk/?c=a"}]
    chart = bar_chart(
        code="x", label="By code", category=ChartColumn("code", "Code"), value=ChartColumn("n", "N"), rows=rows
    )
    assert chart.has_links
    assert [row["code"] for row in chart.spec["data"]["values"]] == ["Pothole", "Ash <b>"]
    assert chart.spec["data"]["values"][0]["said"] == "Pothole, 9"
    assert chart.spec["encoding"]["y"]["sort"] is None


def test_the_worker_draws_every_kind():
    category = ChartColumn("code", "Code")
    rows = [{"code": "Pothole", "opened": 9, "closed": 4, "href": "/x"}, {"code": "Tree", "opened": 2, "closed": None}]
    pictures = [
        render_svg(line_chart(code="x", label="x", at=DAY, values=[OPENED, CLOSED], rows=DAYS)),
        render_svg(bar_chart(code="x", label="x", category=category, value=OPENED, rows=rows)),
        render_svg(bar_chart(code="x", label="x", category=category, value=OPENED, rows=rows, is_lying=False)),
        render_svg(stacked_chart(code="x", label="x", category=category, values=[OPENED, CLOSED], rows=rows)),
        render_svg(stacked_chart(code="x", label="x", category=DAY, values=[OPENED, CLOSED], rows=DAYS)),
    ]
    for picture in pictures:
        assert picture.startswith("<svg")
        assert 'role="graphics-symbol"' in picture
        assert "href=" not in picture.replace("xlink:href", "").replace('xmlns:xlink="', "")
    assert "Pothole" in pictures[1]


def test_the_engine_is_not_loaded_with_the_charts():
    import subprocess
    import sys

    code = "import sys; import citydesk.kernel.charts; assert 'vl_convert' not in sys.modules"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode
        == 0
    )
