"""What the front counter issues and serves. No rooms yet."""
