"""Codes of this room. The service-level formulas are those of the queues (`contact.traffic`)."""

VIEW = "workforce.view"
