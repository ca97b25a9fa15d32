"""Every contact: drafts, outcomes, promises, transfers, telephone events."""
