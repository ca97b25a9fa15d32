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
    path("emergency/", views.emergency, name="emergency"),
    path("emergency/report/", views.emergency_report, name="emergency_report"),
    path("emergency/told/", views.emergency_notices, name="emergency_notices"),
    path("emergency/told/<int:notice_id>/", views.emergency_seen, name="emergency_seen"),
    path("emergency/<int:opening_id>/", views.opened, name="opened"),
    path("emergency/<int:opening_id>/end/", views.end, name="end"),
    path("emergency/<int:opening_id>/reporter/", views.opened_reporter, name="opened_reporter"),
    path("emergency/<int:opening_id>/files/<int:file_id>/", views.opened_file, name="opened_file"),
    path("readers/", views.readers, name="readers"),
    path("people/<str:number>/", views.person, name="person"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/", views.new_request, name="new_request"),
    path("requests/<str:number>/", views.request_page, name="request"),
    path("requests/<str:number>/<str:verb>/", views.act, name="act"),
    path("requests/<str:number>/records/<int:record_id>/", views.record, name="record"),
    path("requests/<str:number>/records/<int:record_id>/pages/<int:file_id>/<int:page>/", views.page, name="page"),
]
