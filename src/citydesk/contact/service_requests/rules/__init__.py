"""The trade's arithmetic and decisions, pure: one file per question asked.

`sla` (when is it due), `workflow` (what may happen next), `routing` (where does it go), `codes` (what is it about),
`questions` (what must be known), `publicity` (what may be public), `duplicates` (is it there already), `counting`
(how it is counted).
"""
