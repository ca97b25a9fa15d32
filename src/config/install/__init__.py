"""Citydesk on one Debian host: what is written there, and the steps that bring it there. `docs/admin/install.md`."""
