"""Addresses of the residents' site. Nothing personal stands in any of them."""

from django.urls import path
from django.views.i18n import set_language

from citydesk.portal.views import details, reading, report, sending, track

app_name = "portal"
urlpatterns = [
    path("", reading.home, name="home"),
    path("report/", report.where, name="report"),
    path("report/kind/", report.kind, name="report_kind"),
    path("report/details/", details.details, name="report_details"),
    path("report/you/", sending.contact, name="report_contact"),
    path("report/sent/", sending.done, name="report_sent"),
    path("report/same/<str:number>/", sending.same, name="report_same"),
    path("track/", track.find, name="find"),
    path("track/<str:token>/", track.track, name="track"),
    path("track/<str:token>/<slug:verb>/", track.act, name="act"),
    path("answers/", reading.articles, name="articles"),
    path("answers/<slug:code>/", reading.article, name="article"),
    path("reports/", reading.nearby, name="nearby"),
    path("privacy/", reading.privacy, name="privacy"),
    path("accessibility/", reading.accessibility, name="accessibility"),
    path("language/", set_language, name="language"),
]
