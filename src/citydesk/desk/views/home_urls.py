from django.urls import path

from citydesk.desk.views import absent, administration, code_word, find, home, imports, open_map, procedures

urlpatterns = [
    path("", home.home, name="home"),
    path("home/<slug:page>/", home.home_page, name="home_page"),
    path("absent/<int:user_id>/move/", absent.move_absent, name="move_absent"),
    path("absent/back/", absent.move_absent_back, name="move_absent_back"),
    path("find/", find.find, name="search"),
    path("code-word/", code_word.code_word, name="code_word"),
    path("procedures/<str:number>/", procedures.of_request, name="procedures_of_request"),
    path("map/", open_map.open_map, name="map"),
    path("map/points/", open_map.points, name="map_points"),
    path("administration/", administration.administration, name="administration"),
    path("administration/imports/", imports.runs, name="imports"),
    path("administration/imports/<int:number>/", imports.one_run, name="import_run"),
    path("administration/jobs/<int:job_id>/retry/", administration.retry, name="retry_job"),
    path("administration/keys/", administration.api_keys, name="api_keys"),
    path("administration/keys/<int:key_id>/revoke/", administration.revoke_key, name="revoke_key"),
]
