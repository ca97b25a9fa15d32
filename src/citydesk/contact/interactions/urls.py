from django.urls import path

from citydesk.contact.interactions import views

app_name = "interactions"
urlpatterns = [
    path("promises/", views.promises, name="promises"),
    path("promises/<int:promise_id>/done/", views.promise_done, name="promise_done"),
    path("promises/<int:promise_id>/move/", views.promise_move, name="promise_move"),
    path("promises/<int:promise_id>/withdraw/", views.promise_withdraw, name="promise_withdraw"),
    path("watch/", views.watch, name="watch"),
    path("watch/<int:interaction_id>/", views.watch_draft, name="watch_draft"),
    path("watch/<int:interaction_id>/end/", views.watch_end, name="watch_end"),
    path("watch/<int:interaction_id>/note/", views.draft_advise, name="draft_advise"),
    path("watch/<int:interaction_id>/take/", views.draft_take, name="draft_take"),
    path("watch/<int:interaction_id>/drop/", views.draft_drop, name="draft_drop"),
    path("alerts/", views.alerts, name="alerts"),
    path("help/<int:help_call_id>/answer/", views.help_answer, name="help_answer"),
    path("privacy/<int:task_id>/done/", views.privacy_done, name="privacy_done"),
    path("forms/", views.forms, name="forms"),
    path("forms/print/", views.print_forms, name="print_forms"),
    path("forms/list/", views.form_list, name="form_list"),
    path("forms/list/note/", views.note_forms, name="note_forms"),
    path("forms/<int:batch_id>/", views.form_batch, name="form_batch"),
    path("forms/<int:batch_id>/paper/", views.form_paper, name="form_paper"),
    path("interpreters/", views.interpreters, name="interpreters"),
    path("interpreters/contacts/", views.interpreted, name="interpreted"),
    path("contacts/<str:number>/", views.detail, name="detail"),
]
