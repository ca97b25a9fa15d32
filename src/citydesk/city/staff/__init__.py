"""People at work: users, teams, roles, access, the office directory, sign-in."""
