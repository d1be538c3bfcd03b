"""Photos and PDFs people hand in: made harmless, encrypted, kept, deleted in time.

The room knows what may come in (`sniff`, `pictures`, `pdfs`) and how it is shown (`showing`): all
that decodes foreign data runs in a child process (`workshop` starts it, `child` is it, `frames`
is how they talk). It knows how a content is kept unreadable (`keys`, `rotation`), where (`stores`,
`s3`), and what nobody needs any longer (`sweeping`, `inspection`). Who may see a file, and to
which case it belongs, it leaves to others. The door is `service`.
"""
