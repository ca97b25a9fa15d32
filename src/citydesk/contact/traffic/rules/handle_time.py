"""How long a contact of a queue is expected to take, by class of work: plain, interpreted, escalated."""

from collections.abc import Mapping
from dataclasses import dataclass

from citydesk.contact.traffic.choices import WorkClass
from citydesk.contact.traffic.rules.expected import ENOUGH_OF_OTHERS


@dataclass(frozen=True)
class ExpectedHandle:
    """Mean seconds (talk, hold, after-contact work) of `contacts`; of all queues where the queue's own are too few."""

    seconds: float
    contacts: int
    is_of_all_queues: bool = False


def expected_handle(
    sums: Mapping[tuple[int, WorkClass], tuple[int, int]],
) -> dict[tuple[int, WorkClass], ExpectedHandle]:
    """What is expected of each queue and class, from its contacts and their seconds.

    Fewer than twenty say nothing: then all queues' contacts of the class stand for it. A class never stands for another
    one; what no twenty contacts tell is not in the answer.
    """
    everywhere = {
        work: tuple(map(sum, zip(*(one for key, one in sums.items() if key[1] == work), strict=True)))
        for work in {key[1] for key in sums}
    }
    found = {}
    for queue_id in {key[0] for key in sums}:
        for work, whole in everywhere.items():
            contacts, seconds = sums.get((queue_id, work), (0, 0))
            if contacts >= ENOUGH_OF_OTHERS:
                found[queue_id, work] = ExpectedHandle(seconds / contacts, contacts)
            elif whole[0] >= ENOUGH_OF_OTHERS:
                found[queue_id, work] = ExpectedHandle(whole[1] / whole[0], whole[0], is_of_all_queues=True)
    return found
