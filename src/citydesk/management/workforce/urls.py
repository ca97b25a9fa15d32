from django.urls import path

from citydesk.management.workforce import views

app_name = "workforce"
urlpatterns = [
    path("what-if/", views.what_if, name="what_if"),
]
