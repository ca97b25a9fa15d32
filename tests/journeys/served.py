"""The application as a process of its own, to be killed: `granian tests.journeys.served:application`."""

from django.contrib.staticfiles.handlers import StaticFilesHandler

from config.wsgi import application as _application

application = StaticFilesHandler(_application)
