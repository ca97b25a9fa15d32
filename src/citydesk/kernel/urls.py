from django.urls import path

from citydesk.kernel import operation_views
from citydesk.kernel.favicon import favicon
from citydesk.kernel.files import views as file_views
from citydesk.kernel.lists import views as list_views
from citydesk.kernel.styles import chart, styles

app_name = "kernel"
urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    path("healthz/live", operation_views.live, name="live"),
    path("healthz/ready", operation_views.ready, name="ready"),
    path("healthz/deep", operation_views.deep_health, name="deep"),
    path("metrics", operation_views.metrics, name="metrics"),
    path("files/<str:token>/", file_views.file, name="file"),
    path("desk/take-out/", list_views.take_out, name="take_out"),
    path("desk/styles/", styles, name="styles"),
    path("desk/styles/chart.json", chart, name="styles_chart"),
    path("desk/styles/<slug:name>/", styles, name="styles"),
    path("live/ticket/", operation_views.live_ticket, name="live_ticket"),
]
