"""Addresses of Open311, under /open311/. The last one answers for everything that is not there."""

from django.urls import re_path

from citydesk.contact.service_requests.api.discovery import discovery
from citydesk.contact.service_requests.api.errors import missing
from citydesk.contact.service_requests.api.openapi import openapi
from citydesk.contact.service_requests.api.requests_post import requests
from citydesk.contact.service_requests.api.services import definition, services
from citydesk.contact.service_requests.api.single import single, token

app_name = "open311"
_FORM = r"\.(?P<form>xml|json)$"

urlpatterns = [
    re_path(rf"^(?:v2/)?discovery{_FORM}", discovery, name="discovery"),
    re_path(r"^v2/openapi\.json$", openapi, name="openapi"),
    re_path(rf"^v2/services{_FORM}", services, name="services"),
    re_path(rf"^v2/services/(?P<code>[^/]+){_FORM}", definition, name="definition"),
    re_path(rf"^v2/requests{_FORM}", requests, name="requests"),
    re_path(rf"^v2/requests/(?P<number>[^/]+){_FORM}", single, name="request"),
    re_path(rf"^v2/tokens/(?P<token>[^/]+){_FORM}", token, name="token"),
    re_path(r"^(?P<path>.*)$", missing, name="missing"),
]
