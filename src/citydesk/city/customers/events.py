"""Facts the customers room publishes."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class CustomerCreated:
    name: ClassVar[str] = "customers.CustomerCreated"
    customer_id: int
    number: str


@dataclass(frozen=True)
class CustomerCorrected:
    """`changed` names the fields, never their values."""

    name: ClassVar[str] = "customers.CustomerCorrected"
    customer_id: int
    number: str
    changed: list[str]


@dataclass(frozen=True)
class CustomersMerged:
    """From now on `merged_id` resolves to `kept_id`."""

    name: ClassVar[str] = "customers.CustomersMerged"
    merged_id: int
    kept_id: int


@dataclass(frozen=True)
class CustomersUnmerged:
    """From now on `customer_id` stands for itself again."""

    name: ClassVar[str] = "customers.CustomersUnmerged"
    customer_id: int
    was_kept_by_id: int


@dataclass(frozen=True)
class CautionApproved:
    name: ClassVar[str] = "customers.CautionApproved"
    caution_id: int
    customer_id: int | None
    address_id: int | None
