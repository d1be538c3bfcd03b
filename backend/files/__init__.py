"""Photos and PDFs people hand in: made harmless, encrypted, kept, deleted in time.

The room knows what may come in (`sniff`, `pictures`, `pdfs`, looked at in a child process:
`workshop`, `child`), how it is kept unreadable (`keys`), where (`stores`), and what nobody
needs any longer (`sweeping`, `reconcile`). Who may see a file, and to which case it belongs,
it leaves to others. The door is `service`.
"""
