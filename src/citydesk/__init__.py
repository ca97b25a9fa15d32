"""Citydesk: the desk a city's customer-service office runs on."""
