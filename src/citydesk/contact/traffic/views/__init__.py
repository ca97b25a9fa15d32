"""Doors and pages of traffic: deliveries of switches, a day of a queue."""

from citydesk.contact.traffic.views.day import anomaly_settle, day
from citydesk.contact.traffic.views.doors import deliveries

__all__ = ["anomaly_settle", "day", "deliveries"]
