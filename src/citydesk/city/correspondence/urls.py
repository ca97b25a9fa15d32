from django.urls import path

from citydesk.city.correspondence import views

app_name = "correspondence"
urlpatterns = [
    path("", views.repair_list, name="repair"),
    path("templates/", views.templates, name="templates"),
    path("<int:message_id>/", views.message, name="message"),
    path("<int:message_id>/resend/", views.resend, name="resend"),
    path("<int:message_id>/settle/", views.settle, name="settle"),
]
