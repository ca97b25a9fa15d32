"""The crew's round and the table of moves."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from citydesk.contact.work_orders.choices import InspectionState, ResultCode, WorkOrderState
from citydesk.contact.work_orders.rules import MOVES, RESULTS, Stop, may_move, order_round, photos_wanted

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


def stop(number, *, lat=None, lon=None, due=None, priority="3", is_started=False):
    return Stop(number, priority, NOW + timedelta(hours=due) if due is not None else None, lat, lon, is_started)


def test_started_work_leads_then_promises_then_the_nearest():
    stops = [
        stop(1, lat=35.05, lon=-85.30),
        stop(2, lat=35.06, lon=-85.30),
        stop(3, lat=35.09, lon=-85.30, due=1),
        stop(4, lat=35.00, lon=-85.30, is_started=True),
        stop(5),
        stop(6, lat=35.2, lon=-85.3, priority="1"),
    ]
    assert order_round(stops, (35.0, -85.3), NOW) == [4, 3, 6, 2, 1, 5]


def test_the_round_goes_on_from_the_nearest_stop():
    stops = [stop(1, lat=35.10, lon=-85.3), stop(2, lat=35.02, lon=-85.3), stop(3, lat=35.05, lon=-85.3)]
    assert order_round(stops, (35.0, -85.3), NOW) == [2, 3, 1]


stops_strategy = st.lists(
    st.builds(
        Stop,
        st.integers(1, 10**6),
        st.sampled_from("1234"),
        st.none() | st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 30), timezones=st.just(UTC)),
        st.none() | st.floats(34.9, 35.2),
        st.none() | st.floats(-85.5, -85.1),
        st.booleans(),
    ),
    max_size=20,
    unique_by=lambda one: one.id,
)


@given(stops_strategy, st.none() | st.tuples(st.floats(34.9, 35.2), st.floats(-85.5, -85.1)))
def test_every_stop_is_visited_once(stops, here):
    assert sorted(order_round(stops, here, NOW)) == sorted(one.id for one in stops)


def test_every_result_leads_to_a_state_that_has_moves():
    assert set(RESULTS) == set(ResultCode)
    assert all(result.state in MOVES for result in RESULTS.values())
    assert set(MOVES) == set(WorkOrderState)


def test_an_inspection_only_where_one_is_wanted():
    assert may_move(WorkOrderState.DONE, "inspect", inspection=InspectionState.WANTED)
    assert not may_move(WorkOrderState.DONE, "inspect")
    assert not may_move(WorkOrderState.CANCELLED, "start")


def test_a_photo_is_asked_for_only_when_done():
    assert photos_wanted(["before"], needs_photo=True, result=ResultCode.DONE)
    assert not photos_wanted(["before", "after"], needs_photo=True, result=ResultCode.DONE)
    assert not photos_wanted([], needs_photo=True, result=ResultCode.NO_ACCESS)
