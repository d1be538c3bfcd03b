"""The sandbox plays Tencent on this machine, at `/sandbox`.

A phone drawn in the browser posts real signed and encrypted callbacks to `/wechat`, and
a stand-in of Tencent's API takes what the account pushes. It speaks to the rest over
HTTP only; the rest does not know that it exists. It is there only while no real account
is configured (`Settings.sandbox`), and only for callers on this machine (`guard.py`).
"""
