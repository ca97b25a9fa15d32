"""Message templates, e-mail and SMS out, consent, what became of each message."""
