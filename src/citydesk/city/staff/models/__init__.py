"""Tables of the people at work: who they are, what they may do, where they are, how they are reached."""

from citydesk.city.staff.models.api_keys import ApiKey
from citydesk.city.staff.models.directory import Office, OfficePerson
from citydesk.city.staff.models.organization import Department, Skill, Team, TeamMembership, UserSkill
from citydesk.city.staff.models.people import Absence, User
from citydesk.city.staff.models.rights import AuthorityLimit, RightsVersion, Role, RoleGrant, RoleGrantRequest
from citydesk.city.staff.models.sign_in import SharedValue, SignInBrake

__all__ = [
    "Absence",
    "ApiKey",
    "AuthorityLimit",
    "Department",
    "Office",
    "OfficePerson",
    "RightsVersion",
    "Role",
    "RoleGrant",
    "RoleGrantRequest",
    "SharedValue",
    "SignInBrake",
    "Skill",
    "Team",
    "TeamMembership",
    "User",
    "UserSkill",
]
