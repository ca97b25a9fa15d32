from django.urls import path

from citydesk.city.correspondence import views

app_name = "correspondence"
urlpatterns = [
    path("", views.repair_list, name="repair"),
    path("templates/", views.templates, name="templates"),
    path("letters/", views.letters, name="letters"),
    path("letters/print/", views.print_letters, name="print_letters"),
    path("letters/<int:batch_id>/", views.batch, name="batch"),
    path("letters/<int:batch_id>/paper/", views.batch_paper, name="batch_paper"),
    path("letters/<int:batch_id>/mailed/", views.mail_batch, name="mail_batch"),
    path("papers/", views.papers, name="papers"),
    path("papers/<int:reprint_id>/", views.print_again, name="print_again"),
    path("<int:message_id>/", views.message, name="message"),
    path("<int:message_id>/resend/", views.resend, name="resend"),
    path("<int:message_id>/settle/", views.settle, name="settle"),
]
