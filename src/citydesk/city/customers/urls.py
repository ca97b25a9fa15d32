"""Addresses of the customers room, under /desk/customers/. A customer's number is no personal data."""

from django.urls import path

from citydesk.city.customers import views

app_name = "customers"
urlpatterns = [
    path("", views.find, name="find"),
    path("new", views.new, name="new"),
    path("duplicates", views.duplicates, name="duplicates"),
    path("duplicates/<int:pair_id>", views.pair, name="pair"),
    path("cautions", views.cautions, name="cautions"),
    path("cautions/<int:caution_id>", views.decide_caution, name="decide_caution"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/edit", views.edit, name="edit"),
    path("<str:number>/points", views.add_point, name="add_point"),
    path("<str:number>/points/<int:point_id>/end", views.end_point, name="end_point"),
    path("<str:number>/points/<int:point_id>/prefer", views.prefer_point, name="prefer_point"),
    path("<str:number>/cautions", views.propose, name="propose"),
    path("<str:number>/with", views.compare, name="compare"),
    path("<str:number>/apart/<int:customer_id>", views.unmerge, name="unmerge"),
]
