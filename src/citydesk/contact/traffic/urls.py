from django.urls import path

from citydesk.contact.traffic import views

app_name = "traffic"
urlpatterns = [
    path("desk/traffic/", views.day, name="day"),
    path("desk/traffic/month/", views.month, name="month"),
    path("desk/traffic/received/", views.received, name="received"),
    path("desk/traffic/behind/", views.behind, name="behind"),
    path("desk/traffic/anomalies/<int:anomaly_id>/settle/", views.anomaly_settle, name="anomaly_settle"),
    path("desk/traffic/board/", views.board, name="board"),
    path("desk/traffic/board/wall/", views.board_wall, name="board_wall"),
    path("desk/traffic/malfunctions/", views.malfunctions, name="malfunctions"),
    path("desk/traffic/malfunctions/file/", views.malfunctions_file, name="malfunctions_file"),
    path("desk/traffic/malfunctions/report/", views.malfunction_report, name="malfunction_report"),
    path("desk/traffic/malfunctions/<int:malfunction_id>/", views.malfunction, name="malfunction"),
    path("desk/traffic/malfunctions/<int:malfunction_id>/act/", views.malfunction_act, name="malfunction_act"),
    path("desk/traffic/pairing/", views.pairing, name="pairing"),
    path("desk/traffic/pairing/act/", views.pairing_act, name="pairing_act"),
    path("desk/traffic/pairing/calls/<int:leg_id>/", views.pairing_leg, name="pairing_leg"),
    path("desk/traffic/pairing/contacts/<str:number>/", views.pairing_contact, name="pairing_contact"),
    path("desk/traffic/agents/", views.agents, name="agents"),
    path("desk/traffic/agents/<int:agent_id>/", views.agent_link, name="agent_link"),
    path("desk/traffic/switches/", views.sources, name="sources"),
    path("desk/traffic/numbers/", views.numbers, name="numbers"),
    path("desk/traffic/numbers/note/", views.numbers_note, name="numbers_note"),
    path("desk/traffic/numbers/file/", views.numbers_file, name="numbers_file"),
    path("desk/traffic/numbers/team/", views.team_numbers, name="team_numbers"),
    path("desk/traffic/numbers/team/file/", views.team_numbers_file, name="team_numbers_file"),
    path("hooks/contacts/<slug:source>/", views.deliveries, name="deliveries"),
]
