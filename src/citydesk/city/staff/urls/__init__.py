"""Addresses of the staff room's pages, under /desk/staff/; `urls.sign_in` has those of the door."""

from django.urls import path

from citydesk.city.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.people, name="people"),
    path("new/", views.new_person, name="new_person"),
    path("teams/", views.teams, name="teams"),
    path("roles/", views.roles, name="roles"),
    path("directory/", views.directory, name="directory"),
    path("locked/", views.locked, name="locked"),
    path("locked/now/", views.lock, name="lock"),
    path("session/", views.session, name="session"),
    path("account/", views.account, name="account"),
    path("account/language/", views.account_language, name="account_language"),
    path("account/keys/", views.account_keys, name="account_keys"),
    path("account/sessions/", views.account_sessions, name="account_sessions"),
    path("requests/<int:request_id>/", views.decide, name="decide"),
    path("people/<str:username>/", views.person, name="person"),
    path("people/<str:username>/<slug:act>/", views.act_on_person, name="act"),
]
