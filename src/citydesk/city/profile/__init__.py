"""The city profile: loaded, validated, served by the date it was in force."""
