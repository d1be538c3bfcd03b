"""The public account: what WeChat calls, and what we call at WeChat.

The room knows Tencent's protocol: signatures and encryption (`codec`, `cipher`, `parsing`,
`rendering`), the three calls five seconds apart (`flights`), which message gets which
answer (`messages`), pushed messages (`push`, `client`), the access token (`token`) and the
menu (`menu`). It leaves every answer about a matter to `consult` and stores no openid in
the clear.
"""
