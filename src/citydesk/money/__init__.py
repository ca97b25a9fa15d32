"""Fees, ledger, cashiering, banking. No rooms yet."""
