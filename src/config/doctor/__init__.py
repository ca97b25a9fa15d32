"""What `citydesk doctor` looks at: `inside` asks the database, `outside` the host and its neighbors."""
