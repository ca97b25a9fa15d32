"""Addresses of the referrals: the desk's, and the other side's by signed link."""

from django.urls import path
from django.views.i18n import set_language

from citydesk.contact.referrals.views import agencies, desk, duties, link, programs

app_name = "referrals"
urlpatterns = [
    path("desk/referrals/", desk.referral_list, name="list"),
    path("desk/referrals/agencies/", agencies.agency_list, name="agencies"),
    path("desk/referrals/agencies/<slug:code>/", agencies.agency, name="agency"),
    path("desk/referrals/programs/", programs.program_list, name="programs"),
    path("desk/referrals/programs/new/", programs.make, name="program_new"),
    path("desk/referrals/programs/key/", programs.make_key, name="program_key"),
    path("desk/referrals/programs/key/<int:key_id>/end/", programs.end_key, name="program_key_end"),
    path("desk/referrals/programs/system/<slug:code>/", programs.system_key, name="program_system"),
    path("desk/referrals/programs/<int:webhook_id>/", programs.program, name="program"),
    path("desk/referrals/programs/<int:webhook_id>/do/", programs.act, name="program_act"),
    path("desk/referrals/violations/", duties.violations, name="violations"),
    path("desk/referrals/violations/new/", duties.new_violation, name="violation_new"),
    path("desk/referrals/violations/<str:number>/", duties.violation, name="violation"),
    path("desk/referrals/obligations/", duties.obligations, name="obligations"),
    path("desk/referrals/obligations/<int:due_id>/", duties.obligation, name="obligation"),
    path("desk/referrals/of/<str:number>/", desk.of_request, name="of_request"),
    path("desk/referrals/new/<str:number>/", desk.new, name="new"),
    path("desk/referrals/<str:number>/", desk.detail, name="detail"),
    path("desk/referrals/<str:number>/do/", desk.act, name="act"),
    path("refer/language/", set_language, name="language"),
    path("refer/<str:token>/", link.page, name="link"),
    path("refer/<str:token>/answer/", link.answer, name="answer"),
    path("refer/<str:token>/file/<int:file_id>/", link.shown_file, name="link_file"),
]
