"""The room's doors for other programs: Open311 GeoReport v2 as plain views, and its part of the JSON API."""
