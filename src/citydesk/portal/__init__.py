"""The residents' site. No tables."""
