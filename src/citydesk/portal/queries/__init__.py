"""Reads that compose the residents' pages from the rooms below."""
