from django.urls import path

from citydesk.management.records import views

app_name = "records"
urlpatterns = [
    path("", views.home, name="home"),
    path("series/<str:kind>/", views.propose, name="propose"),
    path("disposals/", views.disposals, name="disposals"),
    path("disposals/<str:number>/", views.disposal, name="disposal"),
    path("holds/", views.holds, name="holds"),
    path("holds/new/", views.new_hold, name="new_hold"),
    path("holds/<str:number>/", views.hold, name="hold"),
]
