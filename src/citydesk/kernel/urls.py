from django.urls import path

from citydesk.kernel.files import views as file_views

app_name = "kernel"
urlpatterns = [
    path("files/<str:token>/", file_views.file, name="file"),
]
