"""The one address of the SMS gateway. What is wanted stands in the header x-acs-action, or in Action."""

import re

from flask import Response, jsonify, request

from .machines import api, machines
from .sms import AliyunSays

CREDENTIAL = re.compile(r"\bCredential=([^,\s]+)")


@api.errorhandler(AliyunSays)
def aliyun_says(fault: AliyunSays) -> tuple[Response, int]:
    return jsonify(fault.body), fault.status


@api.post("/sms/")
def sms() -> Response:
    _ensure_key()
    asked = request.args.to_dict() | request.form.to_dict()
    gateway = machines().sms
    actions = {"SendSms": gateway.send, "QuerySendDetails": gateway.details}
    action = request.headers.get("x-acs-action") or asked.get("Action", "")
    if action not in actions:
        raise AliyunSays("InvalidAction.NotFound", "Specified api is not found, please check your url and method.", 404)
    return jsonify(actions[action](asked))


def _ensure_key() -> None:
    """Look whose key it is. What it signs is not compared: the SDK's own business, tested by its makers."""
    found = CREDENTIAL.search(request.headers.get("Authorization", ""))
    key_id = found[1] if found else request.args.get("AccessKeyId", "")
    if key_id != machines().sms_key_id:
        raise AliyunSays("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
