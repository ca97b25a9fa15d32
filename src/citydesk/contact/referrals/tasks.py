"""Deferred work of the referrals."""

from citydesk.contact.referrals import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job, periodic


@periodic("referrals.remind", "*/10 * * * *")
def remind() -> int:
    """Ask again where nobody acknowledged in time."""
    return services.remind_due(now=utc_now())


@job("referrals.send_on", queue="outside")
def send_on(*, referral_id: int) -> str:
    """Hand a referral over to another Open311 system; what failed is tried again by `poll`."""
    return services.send_on(referral_id=referral_id, now=utc_now())


@periodic("referrals.poll", "*/2 * * * *", queue="outside")
def poll() -> int:
    """Ask other systems how referrals stand."""
    return services.poll_due(now=utc_now())


@job("referrals.deliver", queue="outside")
def deliver(*, delivery_id: int) -> str:
    """Tell one program of one event; what failed is tried again by `deliver_due`."""
    return services.deliver(delivery_id=delivery_id, now=utc_now())


@periodic("referrals.deliver_due", "* * * * *", queue="outside")
def deliver_due() -> int:
    """Try again what programs did not hear."""
    return services.deliver_due(now=utc_now())


@periodic("referrals.obligations", "20 11 * * *")
def obligations() -> int:
    """Each morning: write the days of the coming year, remind of those that come near."""
    now = utc_now()
    services.plan_dues(today=now.date())
    return services.remind_obligations(now=now)
