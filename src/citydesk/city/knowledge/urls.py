from django.urls import path

from citydesk.city.knowledge.views import drafts, procedures, shelf

app_name = "knowledge"
urlpatterns = [
    path("", shelf.index, name="index"),
    path("suggest/", shelf.suggest, name="suggest"),
    path("bulletins/", shelf.bulletins, name="bulletins"),
    path("bulletins/strip/", shelf.bulletin_strip, name="bulletin_strip"),
    path("bulletins/<int:bulletin_id>/seen/", shelf.bulletin_seen, name="bulletin_seen"),
    path("bulletins/<int:bulletin_id>/withdraw/", shelf.bulletin_withdraw, name="bulletin_withdraw"),
    path("procedures/", procedures.procedure_list, name="procedures"),
    path("procedures/new/", procedures.new, name="procedure_new"),
    path("procedures/beside/<slug:code>/<slug:department>/", procedures.beside, name="procedure_beside"),
    path("procedures/of/<slug:code>/", procedures.procedure, name="procedure"),
    path("procedures/of/<slug:code>/edit/", procedures.edit, name="procedure_edit"),
    path("procedures/of/<slug:code>/do/<slug:act>/", procedures.act, name="procedure_act"),
    path("procedures/of/<slug:code>/<slug:department>/", procedures.differences, name="procedure_differences"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/<slug:code>/<slug:language>/", drafts.draft, name="draft"),
    path("articles/<slug:code>/", shelf.article, name="article"),
    path("articles/<slug:code>/edit/<slug:language>/", shelf.edit, name="edit"),
]
