"""Guard 4: foreign keys across rooms point down, protect what they point at and leave no name on it."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from tests.guards.house import may_use, none_of


def house_models():
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("citydesk.")
        for model in config.get_models()
    ]


def faults_in(given):
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("citydesk.")}
    for model in given:
        for field in model._meta.local_fields + model._meta.local_many_to_many:
            if field.remote_field is None:
                continue
            here, there = model._meta.app_label, field.remote_field.model._meta.app_label
            if here == there or there not in ours:
                continue
            name = f"{model._meta.label}.{field.name}"
            is_user = field.remote_field.model._meta.label == settings.AUTH_USER_MODEL
            if not may_use(here, there) and not (here == "kernel" and is_user):
                yield f"{name} points up to {there}"
            if field.remote_field.related_name != "+":
                yield f'{name} has no related_name="+"'
            if getattr(field.remote_field, "on_delete", models.PROTECT) is not models.PROTECT:
                yield f"{name} does not protect what it points at"


def test_foreign_keys_point_down():
    none_of(list(faults_in(house_models())))


@isolate_apps("citydesk.city.staff", "citydesk.city.places")
def test_planted_keys_are_caught():
    class User(models.Model):
        class Meta:
            app_label = "staff"

    class Address(models.Model):
        owner = models.ForeignKey(User, models.CASCADE)

        class Meta:
            app_label = "places"

    class Team(models.Model):
        place = models.ForeignKey(Address, models.PROTECT, related_name="+")

        class Meta:
            app_label = "staff"

    assert list(faults_in([Address, Team])) == [
        'places.Address.owner has no related_name="+"',
        "places.Address.owner does not protect what it points at",
        "staff.Team.place points up to places",
    ]
