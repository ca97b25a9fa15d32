"""The application as a process of its own, for days on which it is killed: `granian tests.journeys.served:application`."""

from django.contrib.staticfiles.handlers import StaticFilesHandler

from config.wsgi import application as _application

application = StaticFilesHandler(_application)
