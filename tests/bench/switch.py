"""A log of a switch, invented and repeatable: callers who wait or leave, agents who answer, pause and pass calls on."""

import heapq
import random
from collections.abc import Iterator
from pathlib import Path

SEED = 20260302

# 2026-03-02 06:00 UTC.
BEGIN = 1_772_431_200
AGENTS = 40
_EACH = 4.0  # seconds between two calls


def write_log(path: Path, lines: int, queues: tuple[str, ...]) -> int:
    """Write a log of about so many lines, in the order of time; returns how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = sorted(_events(lines, queues))[:lines]
    with path.open("w", newline="") as file:
        file.writelines(f"{int(at)}|{rest}\n" for at, _place, rest in told)
    return len(told)


def _events(lines: int, queues: tuple[str, ...]) -> Iterator[tuple[float, int, str]]:
    drawn = random.Random(SEED)
    free = [(BEGIN + 1.0, number) for number in range(AGENTS)]
    heapq.heapify(free)
    for number in range(AGENTS):
        yield BEGIN, number, f"NONE|{queues[0]}|PJSIP/{200 + number}|ADDMEMBER|"
    at = float(BEGIN)
    for place in range(AGENTS, lines // 3 + AGENTS):
        at += drawn.expovariate(1 / _EACH)
        call, queue = f"{int(at)}.{place}", queues[place % len(queues)]
        yield at, place, f"{call}|{queue}|NONE|ENTERQUEUE||423555{place % 10_000:04d}|1"
        ready, agent = free[0]
        ring = drawn.randint(3, 9)
        answered = max(at, ready) + ring
        if answered - at > drawn.expovariate(1 / 240):
            left = int(min(answered, at + drawn.randint(4, 90)) - at)
            yield at + left, place, f"{call}|{queue}|NONE|ABANDON|1|1|{left}"
            continue
        yield from _answered(drawn, place, (call, queue, f"PJSIP/{200 + agent}"), at, answered, ring, free)


def _answered(
    drawn: random.Random,
    place: int,
    who: tuple[str, str, str],
    at: float,
    answered: float,
    ring: int,
    free: list[tuple[float, int]],
) -> Iterator[tuple[float, int, str]]:
    call, queue, member = who
    wait, talk = int(answered) - int(at), round(drawn.lognormvariate(4.7, 0.6))
    yield answered, place, f"{call}|{queue}|{member}|CONNECT|{wait}|{call}b|{ring}"
    ended = answered + talk
    if drawn.random() < 0.04:
        yield ended, place, f"{call}|{queue}|{member}|BLINDTRANSFER|4100|desk|{wait}|{talk}|1"
    else:
        event = "COMPLETEAGENT" if drawn.random() < 0.4 else "COMPLETECALLER"
        yield ended, place, f"{call}|{queue}|{member}|{event}|{wait}|{talk}|1"
    after = ended
    if drawn.random() < 0.25:
        after = ended + drawn.randint(10, 60)
        yield ended + 0.001, place, f"NONE|{queue}|{member}|PAUSE|acw"
        yield after, place, f"NONE|{queue}|{member}|UNPAUSE|"
    heapq.heapreplace(free, (after + 1, free[0][1]))
