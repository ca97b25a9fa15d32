"""Rosters: the problem, its rules, what a roster costs, and an independent verifier. No solver, no database."""
