"""Articles, scripts and floor bulletins."""
