from django.urls import path

from citydesk.contact.traffic import views

app_name = "traffic"
urlpatterns = [
    path("desk/traffic/", views.day, name="day"),
    path("desk/traffic/anomalies/<int:anomaly_id>/settle/", views.anomaly_settle, name="anomaly_settle"),
    path("hooks/contacts/<slug:source>/", views.deliveries, name="deliveries"),
]
