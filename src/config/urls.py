"""Every door of the house. A room's urls.py names a permission on each view, or says `public`."""

from django.urls import include, path

urlpatterns = [
    path("", include("citydesk.kernel.urls")),
    path("accounts/", include("allauth.urls")),
]
