"""Addresses, districts and geocoding from the city's own points."""
