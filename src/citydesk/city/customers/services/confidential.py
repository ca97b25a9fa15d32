"""Confidential reporters: written apart, opened only with a right and a reason, every opening logged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from citydesk.city.customers import rules
from citydesk.city.customers.choices import CUSTOMERS_SEE_CONFIDENTIAL, OPENS_IDENTITY
from citydesk.city.customers.models import ConfidentialIdentity
from citydesk.city.customers.services.create import checked_language
from citydesk.city.customers.services.points import translated_email, translated_phone
from citydesk.kernel.actors import Access, Actor
from citydesk.kernel.audit import Act, record, record_read
from citydesk.kernel.errors import Invalid, NotFound

_NO_HANDLE = UUID(int=0)  # nobody's: random handles have their version's bits set


@dataclass(frozen=True)
class Identity:
    """Who a confidential reporter is. Handed to a person with the right, never stored anywhere else."""

    handle: UUID
    name: str
    phone: str
    email: str
    address: str
    language: str
    may_contact: bool


def record_confidential_identity(
    *,
    name: str = "",
    phone: str = "",
    email: str = "",
    address: str = "",
    language: str = "en",
    may_contact: bool = False,
    code_word: str = "",
    actor: Actor,
    now: datetime,
) -> UUID:
    """Keep who a confidential reporter is; returns the handle, the only thing other rooms store.

    The writer cannot read it back. Raises `Invalid` for an unreadable phone or e-mail, or if there is nothing to keep.
    """
    kept_phone = translated_phone(phone).e164 if phone.strip() else ""
    kept_email = translated_email(email) if email.strip() else ""
    if not any((name.strip(), kept_phone, kept_email, address.strip(), code_word.strip())):
        raise Invalid(_("Nothing to keep: the report is anonymous then."), field="name")
    with transaction.atomic():
        _open_rows()
        row = ConfidentialIdentity.objects.create(
            name=" ".join(name.split())[:160],
            phone=kept_phone,
            email=kept_email,
            address=" ".join(address.split())[:240],
            language=checked_language(language),
            may_contact=may_contact,
            code_word=make_password(rules.fold(code_word)) if code_word.strip() else "",
            created_at=now,
        )
        record(Act("customers.identity_kept", "customers.identity", row.id), actor=actor, now=now)
        _close_rows()
        return row.handle


def open_identity(*, handle: UUID, reason: str, access: Access, now: datetime) -> Identity:
    """Read who a confidential reporter is. Needs `customers.see_confidential`, a reason, and is logged twice: as a
    read, and in the history. Raises `NotFound` without the right (not even that there is one may be known), `Invalid`
    without a reason."""
    access.require_sight(CUSTOMERS_SEE_CONFIDENTIAL)
    if not reason.strip():
        raise Invalid(_("Say why you open this."), field="reason")
    with transaction.atomic():
        _open_rows()
        row = ConfidentialIdentity.objects.filter(handle=handle).first()
        if row is None:
            raise NotFound(_("There is nothing here."))
        actor = access.actor
        record_read(object_type="customers.identity", object_id=row.id, purpose=reason[:60], actor=actor, now=now)
        record(Act("customers.identity_opened", "customers.identity", row.id, reason=reason), actor=actor, now=now)
        _close_rows()
    return Identity(row.handle, row.name, row.phone, row.email, row.address, row.language, row.may_contact)


def check_code_word(*, handle: UUID | None, code_word: str) -> bool:
    """Whether a caller knows the word they left, without anybody opening the identity.

    Takes as long for no handle and for none left as for a wrong word, so that the time tells nothing.
    """
    with transaction.atomic():
        _open_rows()
        asked = ConfidentialIdentity.objects.filter(handle=handle or _NO_HANDLE)
        kept = asked.values_list("code_word", flat=True).first()
        _close_rows()
    is_right = check_password(rules.fold(code_word), kept or make_password("no word was left"))
    return bool(kept) and bool(code_word.strip()) and is_right


def _open_rows() -> None:
    """Tell the database that this transaction opens an identity (its row-level security asks for it)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'yes', true)", [OPENS_IDENTITY])


def _close_rows() -> None:
    """Close again at once, so that nothing later in an outer transaction sees the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', true)", [OPENS_IDENTITY])
