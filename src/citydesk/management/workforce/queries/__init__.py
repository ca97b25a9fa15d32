"""What other shelves ask of this room."""
