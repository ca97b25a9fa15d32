"""Deferred work: handing one message over; finding those whose worker died."""

from procrastinate import RetryStrategy

from citydesk.city.correspondence import services
from citydesk.kernel.clock import utc_now
from citydesk.kernel.jobs import job, periodic

# 5 s, 25 s, 2 min, 10 min, 52 min, 4.3 h. Whatever went wrong, trying again is safe: a message that may have been
# handed over is `sending` and not taken again. A database that was away for a moment must leave no letter behind.
LATER = RetryStrategy(max_attempts=8, exponential_wait=5)


@job("correspondence.deliver", queue="messages", retry=LATER)
def deliver(*, message_id: int) -> str:
    """Hand one message over."""
    return services.deliver(message_id=message_id, now=utc_now())


@periodic("correspondence.settle_unheard", "* * * * *")
def settle_unheard() -> int:
    """Mark messages whose worker died as unknown."""
    return services.settle_unheard(now=utc_now())
