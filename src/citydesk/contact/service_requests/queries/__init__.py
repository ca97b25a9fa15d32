"""Reads for the room's screens, the API and rooms above."""

from citydesk.contact.service_requests.queries.examples import run_due_date_example, run_routing_example

__all__ = ["run_due_date_example", "run_routing_example"]
