from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models.functions import Lower

from citydesk.city.staff.choices import VIEW, AbsenceKind
from citydesk.kernel.actors import Access, Actor, ActorKind


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, access: Access) -> "UserQuerySet":
        """Holders of `staff.view` see everybody, everyone sees their own row."""
        if access.may(VIEW):
            return self
        return self.filter(pk=access.actor.staff_id or 0)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # a base made at run time
    """Django's manager with the room's filters; people are created by `services.create_user` alone."""


class User(AbstractBaseUser):
    """A member of staff who signs in. Rights come from role grants, never from flags on this row."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120)
    desk = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    # Languages spoken with residents, as BCP 47 codes.
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    has_keys = models.BooleanField(default=True)
    # Action code -> key, only where it differs from the house's keys.
    key_map = models.JSONField(default=dict, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Part of what a session is signed with: one more ends every session of the person.
    sessions_version = models.PositiveIntegerField(default=1)
    # One more for each change of rights: the next request gets a new session id.
    access_version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    data_classes = {
        "*": "internal",
        "email": "personal",
        "phone": "personal",
        "password": "confidential",
        "last_seen_at": "personal",
        "last_login": "personal",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="staff_user_email", condition=~models.Q(email="")),
            models.CheckConstraint(condition=models.Q(username=Lower("username")), name="staff_user_username_lower"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]

    def get_session_auth_hash(self) -> str:
        """Django checks this on every request: a new password or `sessions_version` ends the session."""
        return f"{super().get_session_auth_hash()}{self.sessions_version}"

    def get_session_auth_fallback_hash(self) -> Any:
        """The same under the older secret keys, so that rotating the key ends no session."""
        for one in super().get_session_auth_fallback_hash():
            yield f"{one}{self.sessions_version}"

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.pk, self.name)


class Absence(models.Model):
    """A person is away from `starts_at` until `ends_at` (open: until they are back)."""

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=40, default=AbsenceKind.OTHER)
    entered_by_id = models.BigIntegerField(null=True)
    is_cancelled = models.BooleanField(default=False)

    data_classes = {"*": "personal", "kind": "confidential"}

    class Meta:
        indexes = [models.Index(fields=["user", "starts_at"], name="staff_absence_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="staff_absence_ends_after_start",
            ),
            ExclusionConstraint(
                name="staff_absence_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            function="TSTZRANGE",
                            output_field=models.DateTimeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(is_cancelled=False),
            ),
        ]
