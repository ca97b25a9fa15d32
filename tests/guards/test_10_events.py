"""Guard 10: what events carry changes knowingly: `python -m tests.guards.events` writes the snapshot anew."""

import json
from dataclasses import dataclass
from typing import ClassVar

from tests.guards.events import SNAPSHOT, differences, payload_of, payloads


def test_events_carry_what_the_snapshot_says():
    known = json.loads(SNAPSHOT.read_text()) if SNAPSHOT.exists() else {}
    found = differences(known, payloads())
    assert not found, "\n".join([*found, "If this is meant: python -m tests.guards.events"])


def test_a_planted_change_is_caught():
    @dataclass(frozen=True)
    class Closed:
        name: ClassVar[str] = "requests.Closed"
        request_id: int

    now = {"requests.Closed": payload_of(Closed)}
    assert not differences({"requests.Closed": {"request_id": "int"}}, now)
    assert differences({"requests.Closed": {"request_id": "str"}}, now) == [
        "requests.Closed carries {'request_id': 'int'}, the snapshot says {'request_id': 'str'}"
    ]
    assert differences({}, now) == ["requests.Closed is not in the snapshot"]
    assert differences({"requests.Gone": {}}, {}) == ["requests.Gone is in the snapshot alone"]
