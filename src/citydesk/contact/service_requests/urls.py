from django.urls import path

from citydesk.contact.service_requests import views

app_name = "service_requests"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("filter/", views.filter_queue, name="filter"),
    path("bulk/", views.bulk, name="bulk"),
    path("undo/<int:act_id>/", views.take_back, name="take_back"),
    path("print/", views.print_many, name="print_many"),
    path("views/", views.keep_view, name="keep_view"),
    path("columns/", views.choose_columns, name="columns"),
    path("notices/<int:notice_id>/seen/", views.see_notice, name="see_notice"),
    path("changed/", views.changed, name="changed"),
    path("promises/", views.promises, name="promises"),
    path("owners/", views.owners, name="owners"),
    path("files/<int:link_id>/photo/", views.review_photo, name="review_photo"),
    path("files/<int:link_id>/review/", views.review_file, name="review_file"),
    path("coding/", views.coding, name="coding"),
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/export/", views.propose_export, name="propose_export"),
    path("approvals/<int:proposal_id>/file/", views.approved_export, name="approved_export"),
    path("returns/", views.returns, name="returns"),
    path("codes/", views.catalog, name="catalog"),
    path("codes/<str:code>/", views.service_code, name="code"),
    path("due-times/", views.recomputes, name="recomputes"),
    path("due-times/<int:proposal_id>/", views.recompute, name="recompute"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/do/", views.act, name="act"),
    path("<str:number>/peek/", views.peek, name="peek"),
    path("<str:number>/panel/<str:move>/", views.move_panel, name="move_panel"),
    path("<str:number>/near/", views.near, name="near"),
    path("<str:number>/beside/", views.beside, name="beside"),
    path("<str:number>/route/", views.route, name="route"),
    path("<str:number>/correct/", views.correct, name="correct"),
    path("<str:number>/reporter/", views.reporter, name="reporter"),
    path("<str:number>/print/", views.printed, name="print"),
]
