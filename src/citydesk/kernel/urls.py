from django.urls import path

from citydesk.kernel.files import views as file_views
from citydesk.kernel.styles import styles
from citydesk.kernel.live import views as live_views

app_name = "kernel"
urlpatterns = [
    path("files/<str:token>/", file_views.file, name="file"),
    path("desk/styles/", styles, name="styles"),
    path("desk/styles/<slug:name>/", styles, name="styles"),
    path("live/ticket/", live_views.ticket, name="live_ticket"),
]
