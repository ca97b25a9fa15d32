"""Loading and locking the rows a service works on."""

from django.utils.translation import gettext as _

from citydesk.city.staff.choices import MANAGE
from citydesk.city.staff.models import Department, RightsVersion, Role, Skill, Team, User
from citydesk.kernel.actors import SYSTEM_ACCESS, Access, Actor, ActorKind
from citydesk.kernel.audit import Act
from citydesk.kernel.errors import Invalid, NotFound

USER = "staff.User"


def locked_user(user_id: int) -> User:
    """The person's row, locked until the transaction ends. Raises `NotFound`."""
    # First what every change of rights writes, as a load of the profile does: in the other order the two could wait for
    # each other.
    RightsVersion.objects.select_for_update().first()
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


def team_by_code(code: str) -> Team:
    """Raises `Invalid` beside the field `team` when there is no such team."""
    team = Team.objects.filter(code=code, is_active=True).first()
    if team is None:
        raise Invalid(_("There is no team {code}.").format(code=code), field="team")
    return team


def department_by_code(code: str) -> Department | None:
    """None for no code; raises `Invalid` beside the field `department` for an unknown one."""
    if not code:
        return None
    department = Department.objects.filter(code=code, is_active=True).first()
    if department is None:
        raise Invalid(_("There is no department {code}.").format(code=code), field="department")
    return department


def role_by_code(code: str) -> Role:
    """Raises `Invalid` beside the field `role` when there is no such role."""
    role = Role.objects.filter(code=code, is_active=True).first()
    if role is None:
        raise Invalid(_("There is no role {code}.").format(code=code), field="role")
    return role


def skill_by_code(code: str) -> Skill:
    """Raises `Invalid` beside the field `skill` when there is no such skill."""
    skill = Skill.objects.filter(code=code, is_active=True).first()
    if skill is None:
        raise Invalid(_("There is no skill {code}.").format(code=code), field="skill")
    return skill


def require_manager(access: Access) -> None:
    """Raise `NotAllowed` unless the person manages accounts; the system's own work passes."""
    access.require(MANAGE)


def about(user: User, code: str, **facts: object) -> Act:
    """An audit entry about a person; `before`, `after`, `reason` and `approver_id` as in `Act`."""
    return Act(code, USER, user.pk, user.name[:80], **facts)  # type: ignore[arg-type]  # mixed keywords


def access_of_system() -> Access:
    """For the command line and the profile loader: the operator of the machine acts."""
    return SYSTEM_ACCESS


def as_staff(user: User) -> Actor:
    """The person as the one who acts."""
    return Actor(ActorKind.STAFF, user.pk, user.name)
