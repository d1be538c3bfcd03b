"""SMS through Aliyun (Dysmsapi 2017-05-25), by its own SDK at a configurable address.

The SDK signs with ACS3-HMAC-SHA256: a stand-in finds the action in the header x-acs-action,
the parameters in the query, and answers JSON (`{"Code": "OK", "BizId": …, "RequestId": …}`).
"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...clock import SHANGHAI
from ...config import Settings
from ..channel import Found, LookUp, Outgoing, Sent
from ..errors import ChannelFault
from ..ladder import SMS

if TYPE_CHECKING:
    from alibabacloud_dysmsapi20170525.client import Client

CONNECT_TIMEOUT_MS, READ_TIMEOUT_MS = 3000, 8000
LOOK_UP_AFTER = timedelta(minutes=1)  # the records of Aliyun may lag behind its acceptance
NO_ANSWER, SETTLING = "no_answer", "settling"
# This message will never go to this number by this template. Everything else may pass: limits
# (isv.BUSINESS_LIMIT_CONTROL), balance, rights, their own trouble (isp.*), and codes unknown to us.
# Source: help.aliyun.com/document_detail/101346.html (API error codes of the short message service)
PERMANENT = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
        "isv.NOT_SUPPORTED_COUNTRY",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.SMS_CONTENT_ILLEGAL",
        "isv.EXTEND_CODE_ERROR",
    }
)
STATUS = {1: Found.TAKEN, 2: Found.FAILED, 3: Found.DELIVERED}  # of QuerySendDetails


class AliyunSms:
    """The channel. Made once a process; the SDK is loaded when the first SMS is sent."""

    name = SMS
    asks = True

    def __init__(self, settings: Settings):
        self._settings = settings
        self._made: Client | None = None

    def reaches(self, message: Outgoing, now: datetime) -> bool:
        return bool(message.to.phone)

    def send(self, message: Outgoing) -> Sent:
        """Raise ChannelFault; unsure where no answer came. OutId is the message's handle."""
        from alibabacloud_dysmsapi20170525 import models  # noqa: PLC0415 - loads slowly, the web process never sends

        request = models.SendSmsRequest(
            phone_numbers=number_for_aliyun(message.to.phone or ""),
            sign_name=self._settings.sms_sign_name,
            template_code=message.sms_template,
            template_param=json.dumps(message.sms_params, ensure_ascii=False),
            out_id=message.handle,
        )
        answer = self._call("send_sms_with_options", request)
        return Sent(str(answer.biz_id) if answer.biz_id else None)

    def look_up(self, message: Outgoing, tried_at: datetime, now: datetime) -> LookUp:
        """Find the try by its OutId among what this number got that day."""
        if now - tried_at < LOOK_UP_AFTER:
            raise ChannelFault(SETTLING)
        for day in sorted({_day(tried_at), _day(tried_at + LOOK_UP_AFTER)}):
            for detail in self._details(message, day):
                if detail.out_id == message.handle:
                    return LookUp(STATUS.get(int(detail.send_status or 0), Found.TAKEN))
        return LookUp(Found.ABSENT)

    def _details(self, message: Outgoing, day: str) -> list[Any]:
        from alibabacloud_dysmsapi20170525 import models  # noqa: PLC0415 - see send

        request = models.QuerySendDetailsRequest(
            phone_number=number_for_aliyun(message.to.phone or ""), send_date=day, page_size=50, current_page=1
        )
        found = self._call("query_send_details_with_options", request).sms_send_detail_dtos
        return list(found.sms_send_detail_dto or []) if found else []

    def _call(self, method: str, request: Any) -> Any:
        """Return the body of an answer whose code is OK."""
        from darabonba import exceptions, runtime  # type: ignore[import-untyped]  # noqa: PLC0415 - see send

        once = runtime.RuntimeOptions(
            connect_timeout=CONNECT_TIMEOUT_MS, read_timeout=READ_TIMEOUT_MS, autoretry=False, max_attempts=1
        )
        try:
            body = getattr(self._client(), method)(request, once).body
        except exceptions.ResponseException as error:  # an answer with an error's status: not taken
            raise _fault(str(error.code or "")) from None
        except Exception:  # the SDK raises what it likes for no answer and for a page instead of one
            raise ChannelFault(NO_ANSWER, unsure=True, silent=True) from None
        if body is None or body.code != "OK":
            raise _fault(str((body and body.code) or ""))
        return body

    def _client(self) -> "Client":
        if self._made is None:
            self._made = _make_client(self._settings)
        return self._made


def number_for_aliyun(phone: str) -> str:
    """Return the number as Aliyun wants it: eleven digits in the mainland, else with the country's code.

    phone: E.164. Numbers abroad need templates approved for international messages.
    """
    return phone.removeprefix("+86") if phone.startswith("+86") else phone.removeprefix("+")


def _fault(code: str) -> ChannelFault:
    return ChannelFault(code or "bad_answer", permanent=code in PERMANENT)


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y%m%d")


def _make_client(settings: Settings) -> "Client":
    from alibabacloud_dysmsapi20170525.client import Client  # noqa: PLC0415 - see AliyunSms.send
    from alibabacloud_tea_openapi.utils_models import Config  # noqa: PLC0415 - see AliyunSms.send

    address = urlsplit(settings.sms_api_url)

    class ClientAt(Client):
        """The SDK's client below a path: it knows hosts only, and the sandbox lives at /sandbox/sms."""

        def call_api(self, params: Any, request: Any, runtime: Any) -> Any:
            params.pathname = address.path + params.pathname
            return super().call_api(params, request, runtime)

    return ClientAt(
        Config(
            access_key_id=settings.sms_access_key_id,
            access_key_secret=settings.sms_access_key_secret.get_secret_value(),
            endpoint=address.netloc,
            protocol=address.scheme.upper(),
        )
    )
