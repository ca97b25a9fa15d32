"""Pages of the knowledge: articles and bulletins; shared procedures."""
