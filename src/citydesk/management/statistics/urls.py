from django.urls import path

from citydesk.management.statistics import views

app_name = "statistics"
urlpatterns = [
    path("", views.report, name="report"),
    path("charts/<str:code>/", views.chart, name="chart"),
    path("tables/<str:code>/", views.table, name="table"),
    path("records/", views.records, name="records"),
    path("contacts/", views.contacts, name="contacts"),
    path("measures/", views.measures, name="measures"),
    path("measures/<str:code>/", views.measure, name="measure"),
    path("first-contact/", views.first_contact, name="first_contact"),
    path("peers/", views.peers, name="peers"),
    path("peers/charts/<str:figure>/", views.peers_chart, name="peers_chart"),
    path("views/", views.keep_view, name="keep_view"),
    path("views/<int:view_id>/delete/", views.drop_view, name="drop_view"),
    path("print/", views.print_out, name="print"),
    path("print/<int:report_id>/", views.printing, name="printing"),
]
