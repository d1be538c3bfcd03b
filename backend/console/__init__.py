"""The officers' pages, for a phone: queue, case, visit, form; accounts and the audit trail.

A face: it parses, asks the rooms below, shows. Who may do what is told by their predicates, the
same for a button and for the door behind it.

A case of another unit is answered like one that does not exist (404): its number must not tell
that a person has applied somewhere. Who may see a case but not do what was asked gets 403. Both
are written into the audit trail (`refusing.py`).
"""
