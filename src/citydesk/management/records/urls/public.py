from django.urls import path

from citydesk.management.records import views

app_name = "public_records"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("<str:token>/", views.status, name="status"),
]
