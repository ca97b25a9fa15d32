from django.urls import path

from citydesk.contact.work_orders import views

app_name = "work_orders"
urlpatterns = [
    path("", views.work_order_list, name="list"),
    path("new/", views.new, name="new"),
    path("crew/", views.crew_round, name="crew"),
    path("crew/<str:number>/", views.crew_order, name="crew_order"),
    path("crew/<str:number>/do/", views.crew_act, name="crew_act"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/do/", views.act, name="act"),
    path("<str:number>/print/", views.printed, name="print"),
]
