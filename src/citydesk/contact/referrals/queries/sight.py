"""Who sees a referral: whoever sees its request, with the right to referrals."""

from django.db.models import QuerySet

from citydesk.contact.referrals.choices import VIEW
from citydesk.contact.referrals.models import Referral
from citydesk.contact.service_requests import queries as requests
from citydesk.kernel.actors import Access


def referrals_in_sight(access: Access) -> QuerySet[Referral]:
    """The referrals a reader sees."""
    if not access.may(VIEW):
        return Referral.objects.none()
    return Referral.objects.filter(request_id__in=requests.ids_in_sight(access))
