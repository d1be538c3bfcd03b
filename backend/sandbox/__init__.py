"""The sandbox plays Tencent and the telephone company on this machine, at `/sandbox`.

A phone drawn in the browser posts real signed and encrypted callbacks to `/wechat`, and
stand-ins of Tencent's API (messages, cards, photos, logins) and of Aliyun's SMS gateway
take what the account sends; the panel makes them fail. Beside it stand an officer's
phone and a story that goes through a whole registration (`story/`). It speaks to the
rest over HTTP only; the rest does not know that it exists. It is there only while no
real account is configured (`Settings.sandbox`), and only for callers on this machine
(`guard.py`).

    phone.py caller.py envelope.py messages.py   what a citizen does reaches the account
    platform.py cards.py media.py oauth.py       Tencent's rules; their routes: api.py
    sms.py templates.py                          the SMS gateway; its route: sms_api.py
    failing.py machines.py                       how providers fail; all of them together
    page.py views.py story_views.py officers.py  the page
"""
