"""The practice city: its own database beside the city's, its own folder, its own address."""
