"""In which language a page speaks, Chinese or English for foreigners; and that what was chosen is remembered."""

from typing import Any

from flask import Flask, Response, has_request_context, request, url_for
from flask_babel import Babel, get_locale
from markupsafe import Markup, escape

from ..matters.schema import Text
from . import size

LANGUAGES = ("zh", "en")
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
HTML_LANG = {"zh": "zh-CN", "en": "en"}


def init_language(app: Flask) -> None:
    Babel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=wanted_language)
    app.jinja_env.filters["says"] = says
    app.jinja_env.globals.update(page_lang=page_lang, html_lang=html_lang, in_language=in_language)
    app.jinja_env.globals.update(in_size=in_size, is_big=size.is_big)


def wanted_language() -> str:
    """Return "zh" or "en": the address's `lang`, then the cookie, then the browser's wish.

    A browser that asks for other languages only gets English: its owner more likely
    reads that than Chinese.
    """
    if not has_request_context():
        return "zh"
    for chosen in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    accepted = request.accept_languages
    return (accepted.best_match(LANGUAGES) or "en") if accepted else "zh"


def page_lang() -> str:
    """Return the language of the page at hand, "zh" or "en"."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "zh"


def html_lang() -> str:
    return HTML_LANG[page_lang()]


def says(text: Text | None) -> str:
    """Return the knowledge's `text` in the page's language, escaped for HTML.

    Chinese on an English page is marked as such, so that a screen reader pronounces it.
    """
    if text is None:
        return ""
    lang = page_lang()
    if lang == "en" and not text.en:
        return Markup('<span lang="zh-CN">{}</span>').format(text.zh)
    return escape(text.in_(lang))


def in_language(lang: str) -> str:
    """Return the address of the page at hand in another language."""
    return this_page(lang=lang)


def in_size(big: bool) -> str:
    """Return the address of the page at hand in the elders' mode, or out of it."""
    return this_page(big=int(big))


def this_page(**choice: Any) -> str:
    values: dict[str, Any] = dict(request.view_args or {})
    if request.args.get("q"):
        values["q"] = request.args["q"]
    return url_for(request.endpoint or "portal.home", **values, **choice)


def remember_choices(response: Response) -> Response:
    """Keep the language and the size chosen in the address for the next pages."""
    response.vary.update(["Accept-Language", "Cookie"])
    for name, choices in ((COOKIE, LANGUAGES), (size.COOKIE, size.CHOICES)):
        chosen = request.args.get(name)
        if chosen in choices:
            response.set_cookie(name, chosen, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True)
    return response
