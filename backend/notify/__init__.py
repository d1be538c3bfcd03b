"""Every message to a person: written with the change it tells of, delivered afterwards.

Knows the outbox, the texts, the order of channels and SMS. Leaves to others what a message
is about (cases, identity, accommodation) and how WeChat is spoken (`wechat.channels`).
"""
