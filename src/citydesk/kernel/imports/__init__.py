"""Bringing rows over from another system: sheets read by a mapping, runs on record, what came from where, taking back.

`columns` is pure: rules may use it. `sheets` opens files, `runs` writes what a run did, `undo` takes a run back.
"""
