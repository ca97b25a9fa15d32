from citydesk.desk.views.contact_urls import urlpatterns as contact_urls

app_name = "desk"
urlpatterns = [*contact_urls]
