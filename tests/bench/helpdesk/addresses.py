"""The addresses of the site that django-helpdesk is measured on: its own and nothing else."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls"))]
