"""Every door of the house. A room's urls.py names a permission on each view, or says `public`."""

from django.urls import include, path

urlpatterns = [
    path("", include("citydesk.kernel.urls")),
    path("accounts/", include("citydesk.city.staff.urls.sign_in")),
    path("desk/staff/", include("citydesk.city.staff.urls")),
]
