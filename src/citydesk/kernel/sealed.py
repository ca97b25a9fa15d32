"""What rooms keep sealed under the site's key: each says where, so that `resealing` finds it after the key changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SealedStore:
    """A column in which a room keeps what is sealed under the site's key. `words` say what it is at the command line.

    `model` is written "referrals.Webhook"; `names` are the columns by which a person knows a row. A column of one
    sealed text has the `purpose` it was sealed for; of another kind it has `turn`, the dotted path of
    `(value) -> value`: the value with what is in it sealed anew, an equal one where nothing had to be, None where
    nothing is sealed; it raises `Invalid` for what no key opens.
    """

    code: str
    words: str
    model: str
    column: str
    names: tuple[str, ...]
    purpose: str = ""
    turn: str = ""
