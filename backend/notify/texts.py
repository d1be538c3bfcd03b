"""What `knowledge/notices.yaml` may say: the schema of a notice, and how its params are filled in.

`{param}` is the only syntax. What is missing, misspelt or too long is a fault of the file,
found by `shelf.check_notices`, not a surprise for a citizen.
"""

import re
from typing import Self

from pydantic import Field, model_validator

from ..matters.schema import Slug, Strict
from .errors import BadText
from .limits import FIELD_LIMITS, SMS_WIDTHS, field_kind, fit_field, sms_segments

PARAM = re.compile(r"\{([a-z_]+)\}")
SMS_MAX_SEGMENTS = {"zh": 1, "en": 2}


class Wording(Strict):
    title: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=500)

    @property
    def params(self) -> set[str]:
        return params_of(self.title) | params_of(self.text)


class SmsWording(Strict):
    """template: the provider's code of the approved text; text: that text, for people to read."""

    template: str = Field(pattern=r"^SMS_[0-9]{6,12}$")
    text: str = Field(min_length=1)


class Sms(Strict):
    zh: SmsWording
    en: SmsWording


class WechatTemplate(Strict):
    """id: a name in `wechat_templates`. fields: the template's field → what it shows."""

    id: Slug
    fields: dict[str, str] = Field(min_length=1)

    @model_validator(mode="after")
    def _fields_are_wechats(self) -> Self:
        for name, shown in self.fields.items():
            limit = FIELD_LIMITS.get(field_kind(name))
            if limit is None:
                raise ValueError(f"{name} is no field of a WeChat template")
            if len(PARAM.sub("", shown)) > limit:
                raise ValueError(f"{name} may hold {limit} characters")
        return self


class Notice(Strict):
    """One kind of message.

    must_arrive: a possible duplicate is better than a possible loss (see `delivery`).
    good_for_minutes: worthless when older. params: what a caller must give.
    """

    purpose: str = Field(min_length=4)
    params: tuple[str, ...] = ()
    zh: Wording
    en: Wording
    sms: Sms
    wechat_template: WechatTemplate | None = None
    must_arrive: bool = False
    good_for_minutes: int | None = Field(None, ge=1, le=1440)

    @model_validator(mode="after")
    def _params_agree(self) -> Self:
        used = {"zh": self.zh.params, "en": self.en.params}
        if used["zh"] != used["en"]:
            raise ValueError(f"zh and en show different params: {', '.join(sorted(used['zh'] ^ used['en']))}")
        shown = " ".join(self.wechat_template.fields.values()) if self.wechat_template else ""
        unknown = (used["zh"] | params_of(shown) | params_of(self.sms.zh.text)) - set(self.params)
        if unknown:
            raise ValueError(f"not among params: {', '.join(sorted(unknown))}")
        return self

    @model_validator(mode="after")
    def _sms_is_short_and_discreet(self) -> Self:
        for lang, wording in (("zh", self.sms.zh), ("en", self.sms.en)):
            # An SMS is read on locked screens and by whoever got the number next.
            personal = params_of(wording.text) - SMS_WIDTHS.keys()
            if personal:
                raise ValueError(f"sms.{lang} must not show {', '.join(sorted(personal))}")
            if params_of(wording.text) != params_of(self.sms.zh.text):
                raise ValueError("sms.zh and sms.en show different params")
            longest = PARAM.sub(lambda found: "0" * SMS_WIDTHS[found[1]], wording.text)
            if sms_segments(longest) > SMS_MAX_SEGMENTS[lang]:
                raise ValueError(f"sms.{lang} is longer than {SMS_MAX_SEGMENTS[lang]} SMS")
        return self

    def in_(self, lang: str) -> Wording:
        return self.en if lang == "en" else self.zh

    def sms_in(self, lang: str) -> SmsWording:
        return self.sms.en if lang == "en" else self.sms.zh

    def ensure_params(self, given: dict[str, str]) -> None:
        """Raise BadText where one is missing; more than needed is no fault."""
        missing = set(self.params) - given.keys()
        if missing:
            raise BadText("param_missing", f"缺少：{'、'.join(sorted(missing))}")


class TemplateIds(Strict):
    """A template as the bureau's account has it; empty ids: not applied for, the channel is passed over."""

    template_id: str = ""
    subscription_id: str = ""


class Texts(Strict):
    """The whole file."""

    wechat_templates: dict[str, TemplateIds]
    notices: dict[str, Notice]

    @model_validator(mode="after")
    def _templates_are_known(self) -> Self:
        for name, notice in self.notices.items():
            if notice.wechat_template and notice.wechat_template.id not in self.wechat_templates:
                raise ValueError(f"{name}: no wechat_templates.{notice.wechat_template.id}")
        return self

    @model_validator(mode="after")
    def _codes_are_used_once(self) -> Self:
        codes = [code for notice in self.notices.values() for code in (notice.sms.zh.template, notice.sms.en.template)]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise ValueError(f"SMS templates used twice: {', '.join(sorted(twice))}")
        return self


def params_of(text: str) -> set[str]:
    """Return the params in `text`. Raise ValueError for a brace that belongs to none."""
    if re.search(r"[{}]", PARAM.sub("", text)):
        raise ValueError("a brace that is no {param}")
    return set(PARAM.findall(text))


def fill(text: str, params: dict[str, str]) -> str:
    """Return `text` with its params; line breaks in a value become spaces."""
    return PARAM.sub(lambda found: " ".join(params[found[1]].split()), text)


def fill_fields(fields: dict[str, str], params: dict[str, str]) -> dict[str, str]:
    """Return a template's fields filled in and cut to what WeChat allows (else 47003)."""
    return {name: fit_field(name, fill(shown, params)) for name, shown in fields.items()}


def preview(notice: Notice, lang: str) -> str:
    """Return what a person would read, on WeChat and by SMS, with the params' names for values."""
    params = {name: f"〔{name}〕" for name in notice.params}
    wording, sms = notice.in_(lang), notice.sms_in(lang)
    return "\n".join(
        [fill(wording.title, params), fill(wording.text, params), f"SMS {sms.template}: {fill(sms.text, params)}"]
    )
