from django.urls import path

from citydesk.contact.problems import views

app_name = "problems"
urlpatterns = [
    path("", views.problem_list, name="list"),
    path("new/", views.new, name="new"),
    path("recurrences/", views.found_list, name="found_list"),
    path("recurrences/<int:detection_id>/", views.found, name="found"),
    path("recurrences/<int:detection_id>/decide/", views.decide, name="decide"),
    path("research/", views.research_list, name="research_list"),
    path("research/<int:research_id>/", views.research_task, name="research_task"),
    path("research/<int:research_id>/do/", views.act_on_research, name="research_act"),
    path("of/<str:number>/", views.of_request, name="of_request"),
    path("of/<str:number>/research/", views.ask, name="ask"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/do/", views.act, name="act"),
    path("<str:number>/print/", views.printed, name="print"),
]
