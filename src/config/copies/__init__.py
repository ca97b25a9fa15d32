"""A copy of the city without its people: what becomes of each column (`kept`, `rules`), and how a copy is made."""
