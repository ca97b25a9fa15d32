"""Loading the city profile."""

from citydesk.city.profile.services.folder import check_folder, read_folder
from citydesk.city.profile.services.load import LoadResult, Plan, load_profile, plan_load
from citydesk.city.profile.services.project import bring_into_force

__all__ = ["LoadResult", "Plan", "bring_into_force", "check_folder", "load_profile", "plan_load", "read_folder"]
