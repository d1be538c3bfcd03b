"""The one address WeChat calls. Thin: parse the request, ask the account, say it in HTTP."""

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import ClientDisconnected

from ..web import csrf
from .cli import wechat_cli
from .codec import Query
from .errors import BadCallback
from .service import SUCCESS, account, init_account

log = structlog.get_logger()
wechat = Blueprint("wechat", __name__)

STATUS = {"too_large": 413, "bad_xml": 400, "bad_json": 400, "bad_message": 400, "bad_query": 400}
REFUSED = 403
ARGUMENTS = ("timestamp", "nonce", "signature", "msg_signature")
MAX_ECHO_CHARACTERS = 128


def init_wechat(app: Flask) -> None:
    init_account(app)
    csrf.exempt(wechat)  # WeChat proves itself by its signature
    app.register_blueprint(wechat)
    app.cli.add_command(wechat_cli)


@wechat.errorhandler(BadCallback)
def _refused(fault: BadCallback) -> Response:
    log.warning("callback_refused", code=fault.code, method=request.method)
    return _plain(fault.code, STATUS.get(fault.code, REFUSED))


@wechat.get("/wechat")
def verify() -> Response:
    """Prove to WeChat that the address is ours, when it is entered at mp.weixin.qq.com."""
    account(current_app).codec.check(_query())
    echo = request.args.get("echostr", "")
    if not echo.isascii() or len(echo) > MAX_ECHO_CHARACTERS:
        raise BadCallback("bad_query")
    return _plain(echo, 200)


@wechat.post("/wechat")
def receive() -> Response:
    """Answer a message or an event; never with a server error."""
    ours = account(current_app)
    ours.sweep()
    body, is_json = ours.receive(_query(), _body(ours.max_body_bytes))
    if body == SUCCESS:
        return _plain(body, 200)
    return Response(body, mimetype="application/json" if is_json else "application/xml")


def _query() -> Query:
    """Raise BadCallback where an argument is given twice: which one is meant is a guess."""
    given = dict(request.args.lists())
    lists = [given.get(name, [""]) for name in ARGUMENTS]
    if any(len(values) > 1 for values in lists):
        raise BadCallback("bad_query")
    return Query(*(values[0] for values in lists))


def _body(limit_bytes: int) -> bytes:
    """Read no more than is allowed, whatever the length header says."""
    if (request.content_length or 0) > limit_bytes:
        raise BadCallback("too_large")
    try:
        body = request.stream.read(limit_bytes + 1)
    except ClientDisconnected:
        raise BadCallback("bad_xml") from None
    if len(body) > limit_bytes:
        raise BadCallback("too_large")
    return body


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
