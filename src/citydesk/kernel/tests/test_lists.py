"""Lists: no row skipped or shown twice, filters that only narrow, exports that hold no formula."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from citydesk.kernel.actors import Access, Actor, ActorKind
from citydesk.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citydesk.kernel.lists import (
    BoolFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Key,
    ListSpec,
    MultiFilter,
    Option,
    Sort,
    TextFilter,
    delete_view,
    list_page,
    rename_view,
    save_view,
    selected,
    views_for,
)
from citydesk.kernel.models import ReadEntry

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ANN = Access(Actor(ActorKind.STAFF, 7, "Ann"), team_ids=frozenset({3}))
BEN = Access(Actor(ActorKind.STAFF, 8, "Ben"), team_ids=frozenset({3}))

SPEC = ListSpec(
    code="reads",
    fields=("id", "at", "actor_id", "actor_label", "purpose", "object_id"),
    columns=(
        Column(code="id", label="Number", kind="number"),
        Column(code="at", label="Read at", kind="moment", sort="at"),
        Column(code="who", label="Reader", value="actor_label", sort="who"),
        Column(code="purpose", label="Why"),
        Column(code="fee", label="Fee", kind="money", value=lambda row: Decimal(row["object_id"]) / -100),
        Column(code="secret", label="Secret", value="actor_id", permission="x.secret"),
    ),
    sorts=(
        Sort("at", "Time", (Key("at"),)),
        Sort("who", "Reader", (Key("actor_label"), Key("at", is_descending=True))),
        Sort("person", "Person", (Key("actor_id"), Key("object_id", is_descending=True))),
        Sort("person_first", "No person first", (Key("actor_id", is_descending=True, nulls_last=False),)),
    ),
    default_sort="at",
    filters=(
        ChoiceFilter(
            code="purpose", label="Why", field="purpose", options=(Option("audit", "Audit"), Option("call", "Call"))
        ),
        MultiFilter(
            code="who",
            label="Reader",
            field="actor_label",
            options=lambda access: [Option("Ann", "Ann"), Option("Ben", "Ben")],
        ),
        TextFilter(code="words", label="Words", fields=("actor_label", "purpose")),
        DateRangeFilter(code="at", label="Read", field="at"),
        BoolFilter(code="known", label="Known", narrow=lambda rows, yes: rows.filter(actor_id__isnull=not yes)),
        BoolFilter(code="hidden", label="Hidden", field="object_id", permission="x.secret"),
    ),
    page_size=7,
    count_cap=30,
)


def add(count: int, seed: int = 1, **fixed) -> None:
    rng = random.Random(seed)
    ReadEntry.objects.bulk_create(
        ReadEntry(
            **{
                "at": NOW - timedelta(minutes=rng.randrange(6)),
                "actor_kind": "staff",
                "actor_id": rng.choice([None, None, 1, 2, 3]),
                "actor_label": rng.choice(["Ann", "Ben", "Cy"]),
                "object_type": "t",
                "object_id": rng.randrange(4),
                "purpose": rng.choice(["audit", "call"]),
                **fixed,
            }
        )
        for _ in range(count)
    )


def walk(sort: str, name: str = "next_url") -> list[list[int]]:
    """The ids of each page, following the page's own links."""
    pages, url = [], f"?sort={sort}"
    while url:
        page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(url[1:]), access=ANN, now=NOW)
        pages.append([row["id"] for row in page.rows])
        url = getattr(page, name)
    return pages


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["at", "-at", "who", "-who", "person", "-person", "person_first", "-person_first"])
@pytest.mark.parametrize("count", [0, 6, 7, 8, 40])
def test_every_row_comes_once_whichever_way_one_walks(sort, count):
    add(count, seed=count)
    forth = walk(sort)
    ids = [one for page in forth for one in page]
    assert len(ids) == len(set(ids)) == count
    assert all(len(page) == 7 for page in forth[:-1])
    expected = list(ReadEntry.objects.order_by(*_orders(sort)).values_list("id", flat=True))
    assert ids == expected
    # back from the last page
    url, back = f"?sort={sort}", []
    last = list_page(SPEC, ReadEntry.objects.all(), QueryDict(url[1:]), access=ANN, now=NOW)
    while last.next_url:
        last = list_page(SPEC, ReadEntry.objects.all(), QueryDict(last.next_url[1:]), access=ANN, now=NOW)
    while last.previous_url:
        last = list_page(SPEC, ReadEntry.objects.all(), QueryDict(last.previous_url[1:]), access=ANN, now=NOW)
        back.append([row["id"] for row in last.rows])
    assert [one for page in reversed(back) for one in page] == [one for page in forth[:-1] for one in page]


def _orders(sort: str):
    from citydesk.kernel.lists.paging import _order, keys_of

    return [_order(key) for key in keys_of(SPEC.sort(sort), "id")]


@pytest.mark.django_db
def test_rows_that_come_and_go_do_not_shift_the_pages():
    add(20)
    first = list_page(SPEC, ReadEntry.objects.all(), QueryDict("sort=-at"), access=ANN, now=NOW)
    add(5, seed=9, at=NOW + timedelta(hours=1))
    second = list_page(SPEC, ReadEntry.objects.all(), QueryDict(first.next_url[1:]), access=ANN, now=NOW)
    assert not {row["id"] for row in first.rows} & {row["id"] for row in second.rows}
    assert len(second.rows) == 7


@pytest.mark.django_db
@pytest.mark.parametrize(("sort", "statements"), [("at", 2), ("-who", 2), ("person", 3)])
def test_statements_do_not_grow_with_the_rows(django_assert_max_num_queries, sort, statements):
    add(5)
    for _ in range(2):
        with django_assert_max_num_queries(statements):
            list_page(SPEC, ReadEntry.objects.all(), QueryDict(f"sort={sort}&purpose=audit"), access=ANN, now=NOW)
        add(60)


@pytest.mark.django_db
def test_the_count_stops_at_the_cap():
    add(30)
    page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(), access=ANN, now=NOW)
    assert str(page.total) == "30"
    add(1)
    page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(), access=ANN, now=NOW)
    assert str(page.total) == "30+"


@pytest.mark.django_db
def test_filters_narrow_and_say_so():
    add(40)
    page = list_page(
        SPEC,
        ReadEntry.objects.all(),
        QueryDict("purpose=audit&who=Ann&who=Ben&known=1&at=7d&sort=who"),
        access=ANN,
        now=NOW,
    )
    assert page.rows
    assert {row["purpose"] for row in page.rows} == {"audit"}
    assert {row["actor_label"] for row in page.rows} <= {"Ann", "Ben"}
    assert all(row["actor_id"] for row in page.rows)
    words = {one.code: one.words for one in page.active_filters}
    assert words == {"purpose": "Audit", "who": "Ann, Ben", "known": "Yes", "at": "last 7 days"}
    assert "purpose" not in page.state_of("purpose").clear_url
    assert "who=Ann&who=Ben" in page.state_of("purpose").clear_url
    head = next(head for head in page.heads if head.column.code == "who")
    assert head.direction == "ascending"
    assert "sort=-who" in head.sort_url


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "purpose=nonsense",
        "who=Zed",
        "at_from=2026-13-01",
        "at_from=2026-02-02&at_to=2026-02-01",
        "known=maybe",
        "words=~forged",
    ],
)
def test_a_filter_nobody_understands_is_left_out_and_named(query):
    add(3)
    page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(query), access=ANN, now=NOW)
    assert len(page.problems) == 1
    assert len(page.rows) == 3


@pytest.mark.django_db
@given(
    st.dictionaries(
        st.sampled_from(["purpose", "who", "words", "at", "at_from", "sort", "after", "before", "known", "id__gt"]),
        st.text(max_size=30),
        max_size=4,
    )
)
def test_no_address_breaks_a_list(given_values):
    given_lists = {key: [value] for key, value in given_values.items()}
    list_page(SPEC, ReadEntry.objects.all(), given_lists, access=ANN, now=NOW)


@pytest.mark.django_db
def test_an_unknown_name_never_reaches_the_query():
    add(5)
    page = list_page(SPEC, ReadEntry.objects.all(), QueryDict("actor_label=Ann&id__gt=100000"), access=ANN, now=NOW)
    assert len(page.rows) == 5
    assert page.query == ""


@pytest.mark.django_db
def test_words_and_cursors_are_not_readable_in_an_address():
    add(20, actor_label="Maria Perez")
    given_query = SPEC.query_for(QueryDict("words=maria%20perez&sort=who&junk=1"), access=ANN, now=NOW)
    assert "aria" not in given_query
    assert "junk" not in given_query
    page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(given_query), access=ANN, now=NOW)
    assert len(page.rows) == 7
    assert page.state_of("words").value == "maria perez"
    assert "aria" not in page.next_url
    other = ListSpec(code="other", columns=SPEC.columns, sorts=SPEC.sorts, default_sort="at", fields=SPEC.fields)
    stolen = list_page(other, ReadEntry.objects.all(), QueryDict(page.next_url[1:]), access=ANN, now=NOW)
    assert stolen.problems  # a cursor of one list opens no other


@pytest.mark.django_db
def test_days_are_local_days():
    from django.utils import timezone

    add(1, at=datetime(2026, 11, 24, 4, 59, tzinfo=UTC))  # still the 23rd in New York
    with timezone.override("America/New_York"):
        for query, found in (
            ("at_from=2026-11-23&at_to=2026-11-23", 1),
            ("at_from=2026-11-24", 0),
            ("at=yesterday", 1),
        ):
            page = list_page(SPEC, ReadEntry.objects.all(), QueryDict(query), access=ANN, now=NOW)
            assert len(page.rows) == found, query


@pytest.mark.django_db
def test_a_column_or_filter_that_needs_a_right_is_not_there_without_it():
    add(2)
    may = Access(ANN.actor, frozenset({"x.secret"}))
    with_right = list_page(SPEC, ReadEntry.objects.all(), QueryDict(), access=may, now=NOW)
    without = list_page(SPEC, ReadEntry.objects.all(), QueryDict("hidden=1"), access=ANN, now=NOW)
    assert "secret" in [column.code for column in with_right.columns]
    assert "secret" not in [column.code for column in without.columns]
    assert len(without.rows) == 2


# -- bulk ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_bulk_act_takes_the_ticked_rows_that_the_reader_sees():
    add(5)
    ids = list(ReadEntry.objects.values_list("id", flat=True))
    seen = ReadEntry.objects.exclude(id=ids[0])
    query = QueryDict("&".join(f"id={one}" for one in ids[:3]))
    chosen = selected(SPEC, seen, query, access=ANN, now=NOW)
    assert chosen.ids == tuple(ids[1:3])
    assert chosen.missing == 1


@pytest.mark.django_db
def test_all_that_match_means_the_filters_on_screen():
    add(40)
    query = QueryDict(mutable=True)
    query.update({"all": "1", "query": "purpose=audit"})
    chosen = selected(SPEC, ReadEntry.objects.all(), query, access=ANN, now=NOW)
    assert set(chosen.ids) == set(ReadEntry.objects.filter(purpose="audit").values_list("id", flat=True))
    query["query"] = "purpose=nonsense"
    with pytest.raises(Invalid):
        selected(SPEC, ReadEntry.objects.all(), query, access=ANN, now=NOW)
    query["query"] = ""
    with pytest.raises(Invalid, match="10 rows"):
        selected(SPEC, ReadEntry.objects.all(), query, access=ANN, now=NOW, limit=10)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "id=abc", "id=1%20or%201", "id=-1", "id=999999999999999999999", "id=%D9%A1"])
def test_a_bulk_form_without_rows_is_refused(query):
    with pytest.raises(Invalid):
        selected(SPEC, ReadEntry.objects.all(), QueryDict(query), access=ANN, now=NOW)


# -- saved views -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_views_belong_to_a_person_or_a_team():
    mine = save_view(list_code="reads", name=" My  late ", query="purpose=audit", access=ANN, now=NOW)
    team = save_view(list_code="reads", name="Ours", query="", access=ANN, now=NOW, team_id=3)
    assert [(view.name, view.is_team, view.number) for view in views_for("reads", access=ANN)] == [
        ("Ours", True, 1),
        ("My late", False, 2),
    ]
    assert [view.name for view in views_for("reads", access=BEN)] == ["Ours"]
    assert views_for("reads", access=ANN, query="purpose=audit")[1].is_current
    assert views_for("other", access=ANN) == []
    with pytest.raises(Conflict):
        save_view(list_code="reads", name="My late", query="", access=ANN, now=NOW)
    with pytest.raises(NotAllowed):
        save_view(list_code="reads", name="x", query="", access=ANN, now=NOW, team_id=4)
    with pytest.raises(NotFound):
        delete_view(view_id=mine, access=BEN)
    with pytest.raises(NotAllowed):
        rename_view(view_id=team, name="Stolen", access=BEN)
    rename_view(view_id=team, name="Everybody's", access=ANN)
    delete_view(view_id=mine, access=ANN)
    assert [view.name for view in views_for("reads", access=ANN)] == ["Everybody's"]
