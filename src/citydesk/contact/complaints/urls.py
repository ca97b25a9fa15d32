from django.urls import path

from citydesk.contact.complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.complaint_list, name="list"),
    path("figures/", views.figures_page, name="figures"),
    path("of/<str:number>/", views.of_request, name="of_request"),
    path("open/<str:number>/", views.open_from_request, name="open"),
    path("letters/<int:letter_id>/", views.letter_paper, name="letter"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/do/", views.act, name="act"),
]
