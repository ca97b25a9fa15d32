"""Whom a contact was passed on to: ourselves, or somebody outside. The database decides in the same way.

What the source itself tells comes first, then who the number belongs to, then what the desk wrote down. Numbers are
compared by their last ten digits, as a code for an outside line may stand before them; extensions and names whole.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from citydesk.contact.traffic.choices import TransferReach

# A number with so many digits is one of the public network; fewer are an extension of the switch.
WHOLE = 10
_NOT_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True)
class Directory:
    """`own`: what our queues and agents are called and reached by; `offices`: numbers of the transfer directory. Both
    as `key_of` writes them."""

    own: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()


def key_of(called: str) -> str:
    """A number or name as it is compared: the last ten digits of a whole number, else the words in small letters."""
    digits = _NOT_DIGITS.sub("", called)
    return digits[-WHOLE:] if len(digits) >= WHOLE else called.strip().lower()


def directory_of(own: Iterable[str], offices: Iterable[str]) -> Directory:
    """A directory from names and numbers. Agents are called with their technology or without ("PJSIP/201", "201")."""
    mine = {key_of(name) for one in own for name in (one, one.rpartition("/")[2])}
    return Directory(frozenset(mine - {""}), frozenset({key_of(one) for one in offices} - {"", *mine}))


def reach_of(told: TransferReach, called: str, *, is_noted: bool, directory: Directory) -> TransferReach:
    """Whom a contact was passed on to. `told` is what the source says, `called` the number or name; `is_noted`: the
    desk's record of the contact says that an office of the directory was reached."""
    key = key_of(called)
    if told == TransferReach.INTERNAL or key in directory.own:
        return TransferReach.INTERNAL
    if told == TransferReach.EXTERNAL or key in directory.offices or is_noted:
        return TransferReach.EXTERNAL
    return TransferReach.UNKNOWN
