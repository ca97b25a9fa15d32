"""Work orders, crews, completion, inspection."""
