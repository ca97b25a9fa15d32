"""Addresses of the places room; included at the root, since residents use some of them."""

from django.urls import path

from citydesk.city.places import views

app_name = "places"
urlpatterns = [
    path("desk/places/suggest", views.suggest, name="suggest"),
    path("places/suggest", views.public_suggest, name="public_suggest"),
    path("places/shapes/<slug:kind>.geojson", views.shapes, name="shapes"),
]
