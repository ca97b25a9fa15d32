"""What staffing decides without a database: staff required, forecasts, schedules and their rules."""
