"""Who people are and what they may do.

The room knows citizens (who come by WeChat, bound to a real name and a confirmed phone),
officers (a password, a second factor, roles and one unit), the predicates that say who may
do what, and the audit trail. It leaves pages to the faces, and the rules of a case to
`cases`. Others import `service`.
"""
