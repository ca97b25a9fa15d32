"""What a person sees of their own account."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from citydesk.city.staff.models import User
from citydesk.kernel.errors import NotFound


@dataclass(frozen=True)
class Account:
    """One's own account."""

    id: int
    username: str
    name: str
    email: str
    desk: str
    language: str
    has_keys: bool
    key_map: dict[str, str]
    has_password: bool
    last_login: datetime | None

    def key_values(self) -> dict[str, object]:
        """Initial values of the keys form."""
        return {"has_keys": self.has_keys, **self.key_map}


def get_account(user_id: int) -> Account:
    """The person's own account. Raises `NotFound`."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return Account(
        id=user.pk,
        username=user.username,
        name=user.name,
        email=user.email,
        desk=user.desk,
        language=user.language,
        has_keys=user.has_keys,
        key_map=user.key_map,
        has_password=user.has_usable_password(),
        last_login=user.last_login,
    )
