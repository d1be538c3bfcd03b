"""A gateway of short messages that speaks Aliyun's Dysmsapi 2017-05-25, and the phones' inboxes.

Source: help.aliyun.com/document_detail/419273.html (SendSms), 419277 (QuerySendDetails), 101346 (codes)
"""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..clock import SHANGHAI, Clock
from .failing import Failing
from .store import Store
from .templates import Approved, filled_in, missing_places

NUMBER = re.compile(r"1[3-9]\d{9}|[1-9]\d{6,14}")
# seconds, how many a number may get within them. Source: 短信发送频率限制 (the default for codes; for notices)
CODE_LIMITS = ((60, 1, "分钟"), (3600, 5, "小时"), (24 * 3600, 10, "天"))
NOTICE_LIMITS = ((24 * 3600, 50, "天"),)
WAITING, FAILED, DELIVERED = 1, 2, 3
KEEP = 500
Json = dict[str, Any]


class AliyunSays(Exception):
    """An error in Aliyun's words. Business codes (isv.) come with status 200."""

    def __init__(self, code: str, message: str, status: int = 200):
        super().__init__(message)
        self.status = status
        self.body = {"Code": code, "Message": message, "RequestId": secrets.token_hex(16).upper()}


@dataclass(frozen=True)
class Sms:
    """number: as Aliyun writes it, eleven digits or with the country's code. status: 2 failed, 3 delivered."""

    number: str
    at: float
    sign: str
    text: str
    template: str
    params: dict[str, str]
    out_id: str
    biz_id: str
    status: int


class SmsGateway:
    """Takes, keeps and shows short messages. Methods that answer the account raise AliyunSays."""

    def __init__(self, store: Store, approved: Approved, failing: Failing, clock: Clock):
        self._store = store
        self._approved = approved
        self._failing = failing
        self._clock = clock

    def send(self, asked: dict[str, str]) -> Json:
        """Answer SendSms. asked: the parameters by their names."""
        sms = self._read(asked)
        self._ensure_few(sms)
        body = {name: value for name, value in vars(sms).items() if name not in ("number", "at")}
        with self._store.begin() as connection:
            row = (sms.number, sms.at, json.dumps(body, ensure_ascii=False))
            added = connection.execute("INSERT INTO sms (number, at, body) VALUES (?, ?, ?)", row).lastrowid
            connection.execute("DELETE FROM sms WHERE id <= ?", ((added or 0) - KEEP,))
        return _ok(BizId=sms.biz_id)

    def details(self, asked: dict[str, str]) -> Json:
        """Answer QuerySendDetails: what a number was sent on a day (yyyyMMdd, of Shanghai), newest first."""
        number, day = asked.get("PhoneNumber", ""), asked.get("SendDate", "")
        if not NUMBER.fullmatch(number) or not re.fullmatch(r"\d{8}", day):
            raise AliyunSays("isv.INVALID_PARAMETERS", "参数异常")
        found = [s for s in self.of(number) if f"{_local(s.at):%Y%m%d}" == day]
        found = [s for s in found if asked.get("BizId", "") in ("", s.biz_id)]
        size, page = _count(asked, "PageSize", 10), _count(asked, "CurrentPage", 1)
        shown = [_detail(sms) for sms in found[(page - 1) * size : page * size]]
        return _ok(SmsSendDetailDTOs={"SmsSendDetailDTO": shown}, TotalCount=len(found))

    def of(self, number: str) -> list[Sms]:
        """Return what was sent to a number, newest first, arrived or not."""
        rows = self._store.rows("SELECT number, at, body FROM sms WHERE number = ? ORDER BY id DESC LIMIT 100", number)
        return [_sms(row) for row in rows]

    def inbox(self) -> list[Sms]:
        """Return what has arrived on all phones, newest first."""
        rows = self._store.rows("SELECT number, at, body FROM sms ORDER BY id DESC LIMIT 100")
        return [sms for sms in map(_sms, rows) if sms.status == DELIVERED]

    def _read(self, asked: dict[str, str]) -> Sms:
        number, code = asked.get("PhoneNumbers", ""), asked.get("TemplateCode", "")
        if not NUMBER.fullmatch(number):
            raise AliyunSays("isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
        if not asked.get("SignName"):
            raise AliyunSays("isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
        text = self._approved.find_sms(code)
        if text is None:
            raise AliyunSays("isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
        params = _params(asked.get("TemplateParam", "") or "{}")
        if missing_places(text, params):
            raise AliyunSays("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量缺少对应参数值")
        status = FAILED if self._failing.take("sms", "undelivered") else DELIVERED
        now, biz_id = self._clock.now(), f"{secrets.randbelow(10**18)}^0"
        said = filled_in(text, params)
        return Sms(number, now, asked["SignName"], said, code, params, asked.get("OutId", ""), biz_id, status)

    def _ensure_few(self, sms: Sms) -> None:
        """Codes are limited harder than notices. A template with a place for a code is one for codes."""
        is_code = "code" in sms.params
        alike = [one.at for one in self.of(sms.number) if ("code" in one.params) == is_code]
        for seconds, count, name in CODE_LIMITS if is_code else NOTICE_LIMITS:
            if sum(at > sms.at - seconds for at in alike) >= count:
                raise AliyunSays("isv.BUSINESS_LIMIT_CONTROL", f"触发{name}级流控Permits:{count}")


def _params(text: str) -> dict[str, str]:
    try:
        params = json.loads(text)
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise AliyunSays("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")
    return {str(name): str(value) for name, value in params.items()}


def _count(asked: dict[str, str], name: str, default: int) -> int:
    given = asked.get(name, str(default))
    if not re.fullmatch(r"[1-9]\d{0,3}", given):
        raise AliyunSays("isv.INVALID_PARAMETERS", "参数异常")
    return int(given)


def _detail(sms: Sms) -> Json:
    at = f"{_local(sms.at):%Y-%m-%d %H:%M:%S}"
    return {
        "PhoneNum": sms.number, "SendStatus": sms.status, "SendDate": at, "ReceiveDate": at, "OutId": sms.out_id,
        "TemplateCode": sms.template, "Content": f"【{sms.sign}】{sms.text}",
        "ErrCode": "DELIVERED" if sms.status == DELIVERED else "UNDELIV",
    }  # fmt: skip


def _sms(row: Any) -> Sms:
    return Sms(number=row[0], at=row[1], **json.loads(row[2]))


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, SHANGHAI)


def _ok(**more: Any) -> Json:
    return {"Code": "OK", "Message": "OK", "RequestId": secrets.token_hex(16).upper(), **more}
