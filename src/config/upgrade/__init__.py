"""From one release to the next while people work: look, back up, expand, change over, and later contract."""
