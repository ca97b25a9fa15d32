from django.urls import path

from citydesk.city.profile import views

app_name = "profile"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:section>/", views.section, name="section"),
    path("<slug:section>/<slug:code>/", views.entry, name="entry"),
]
