from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "citydesk.contact.referrals"
    label = "referrals"
