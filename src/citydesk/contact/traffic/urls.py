from django.urls import path

from citydesk.contact.traffic import views

app_name = "traffic"
urlpatterns = [
    path("hooks/contacts/<slug:source>/", views.deliveries, name="deliveries"),
]
