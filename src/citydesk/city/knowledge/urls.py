from django.urls import path

from citydesk.city.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("", views.index, name="index"),
    path("suggest/", views.suggest, name="suggest"),
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/strip/", views.bulletin_strip, name="bulletin_strip"),
    path("bulletins/<int:bulletin_id>/seen/", views.bulletin_seen, name="bulletin_seen"),
    path("bulletins/<int:bulletin_id>/withdraw/", views.bulletin_withdraw, name="bulletin_withdraw"),
    path("articles/<slug:code>/", views.article, name="article"),
    path("articles/<slug:code>/edit/<slug:language>/", views.edit, name="edit"),
]
