"""People and organisations, their contact points, duplicates and merges."""
