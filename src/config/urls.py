"""Every door of the house. A room's urls.py names a permission on each view, or says `public`."""

from django.urls import include, path

from config.api import patterns
from config.api_page import page as api_page

urlpatterns = [
    # Programs ask most often: their doors come first.
    path("open311/", include("citydesk.contact.service_requests.api.urls")),
    path("api/v1/", patterns()),
    path("developers/", api_page, name="developers"),
    path("", include("citydesk.kernel.urls")),
    path("desk/", include("citydesk.desk.urls")),
    path("desk/interactions/", include("citydesk.contact.interactions.urls")),
    path("accounts/", include("citydesk.city.staff.urls.sign_in")),
    path("desk/profile/", include("citydesk.city.profile.urls")),
    path("desk/staff/", include("citydesk.city.staff.urls")),
    path("", include("citydesk.city.places.urls")),
    path("desk/customers/", include("citydesk.city.customers.urls")),
    path("desk/knowledge/", include("citydesk.city.knowledge.urls")),
    path("desk/messages/", include("citydesk.city.correspondence.urls")),
    path("desk/requests/", include("citydesk.contact.service_requests.urls")),
    path("desk/complaints/", include("citydesk.contact.complaints.urls")),
    path("desk/reports/", include("citydesk.management.statistics.urls")),
    path("desk/time/", include("citydesk.management.timekeeping.urls")),
    path("desk/staffing/", include("citydesk.management.workforce.urls")),
    path("desk/records/", include("citydesk.management.records.urls")),
    path("public-records/", include("citydesk.management.records.urls.public")),
    path("desk/work-orders/", include("citydesk.contact.work_orders.urls")),
    path("desk/problems/", include("citydesk.contact.problems.urls")),
    path("", include("citydesk.contact.referrals.urls")),
    path("", include("citydesk.contact.traffic.urls")),
    path("", include("citydesk.portal.urls")),
]

handler400 = "citydesk.kernel.error_pages.bad_request"
handler403 = "citydesk.kernel.error_pages.forbidden"
handler404 = "citydesk.kernel.error_pages.missing"
handler500 = "citydesk.kernel.error_pages.broken"
