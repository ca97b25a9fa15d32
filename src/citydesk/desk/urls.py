from citydesk.desk.views.contact_urls import urlpatterns as contact_urls
from citydesk.desk.views.home_urls import urlpatterns as home_urls

app_name = "desk"
urlpatterns = [*home_urls, *contact_urls]
