"""Work at the door that a page does not wait for."""

from citydesk.city.staff.services import send_notice, send_password_link
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import NotFound
from citydesk.kernel.jobs import job


@job("staff.send_password_link", queue="mail")
def send_password_link_job(*, user_id: int, email: str) -> None:
    """Mail a one-use link; nothing to send when the account was closed since."""
    try:
        send_password_link(user_id=user_id, email=email, now=utc_now())
    except NotFound:
        return


@job("staff.send_notice", queue="mail")
def send_notice_job(*, to: str, subject: str, body: str) -> None:
    """Tell a person that their password or second factor changed."""
    send_notice(to=to, subject=subject, body=body)
