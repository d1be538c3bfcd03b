"""A browser without a screen: follows links and redirections, keeps cookies, fills in forms as they stand."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from lxml import html  # type: ignore[import-untyped]

from ..errors import StepFailed

TIMEOUT_SECONDS = 30
SAYS_CHARACTERS = 200
Values = list[tuple[str, str]]
Files = list[tuple[str, tuple[str, bytes, str]]]
Cookies = list[list[str]]  # name, value, path


@dataclass(frozen=True)
class Form:
    """A form of a page: where its buttons lead, and what it would send as it stands."""

    element: Any

    @property
    def actions(self) -> list[str]:
        """The form's own address first, then those its buttons have of their own."""
        buttons = self.element.xpath(".//button[@formaction]")
        return [self.element.get("action") or "", *(button.get("formaction") for button in buttons)]

    @property
    def values(self) -> Values:
        return list(self.element.form_values())

    def choices(self, name: str) -> list[str]:
        """Return the values one can choose for a field, in the order they are shown; the empty one left out."""
        boxes = self.element.xpath(f".//input[@name='{name}'][@type='radio' or @type='checkbox']/@value")
        return [v for v in [*boxes, *self.element.xpath(f".//select[@name='{name}']//option/@value")] if v]

    def names(self) -> list[str]:
        return [str(name) for name in self.element.xpath(".//@name")]


@dataclass(frozen=True)
class Page:
    status: int
    path: str
    content: bytes

    @cached_property
    def tree(self) -> Any:
        return html.fromstring(self.content or b"<html></html>", parser=html.HTMLParser(encoding="utf-8"))

    def find_form(self, ending: str) -> Form | None:
        """Return the form that can be sent to an address with this ending."""
        forms = map(Form, self.tree.xpath("//form"))
        return next((form for form in forms if any(a.split("?")[0].endswith(ending) for a in form.actions)), None)

    def links(self, part: str) -> list[str]:
        """Return the addresses on the page that hold `part`, of links, pictures and what htmx asks for."""
        found = self.tree.xpath("//a/@href | //img/@src | //@hx-get")
        return [str(address) for address in found if part in address]

    def says(self) -> str:
        """Return what the page tells, in a line: for people who look for the reason."""
        spoken = self.tree.xpath("//*[@role='alert'] | //main | //body")
        return " ".join(spoken[0].text_content().split())[:SAYS_CHARACTERS] if spoken else ""


class Browser:
    """One person's. address: of the product, without a final slash."""

    def __init__(self, address: str, cookies: Cookies):
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False  # the loopback needs no proxy
        host = urlsplit(address).hostname or ""
        host = host if "." in host else f"{host}.local"  # as http.cookiejar writes it, or there would be two
        for name, value, path in cookies:
            self._session.cookies.set(name, value, domain=host, path=path)

    @property
    def cookies(self) -> Cookies:
        return [[cookie.name, cookie.value or "", cookie.path] for cookie in self._session.cookies]

    def get(self, path: str) -> Page:
        """Raise StepFailed where there is no page."""
        return self._read("GET", path)

    def submit(
        self, page: Page, ending: str, changes: dict[str, str | list[str]] | None = None, files: Files | None = None
    ) -> Page:
        """Send the form that leads to `ending` as it stands, but for `changes`. Raise StepFailed without one."""
        form = page.find_form(ending)
        if form is None:
            raise StepFailed(f"页面上没有这个按钮了：{page.says()}")
        address = next(a for a in form.actions if a.split("?")[0].endswith(ending))
        data = changed(form.values, changes or {})
        return self._read("POST", urljoin(page.path, address), data=data, files=files)

    def _read(self, method: str, path: str, **more: Any) -> Page:
        try:
            response = self._session.request(
                method, urljoin(self._address + "/", path), timeout=TIMEOUT_SECONDS, **more
            )
        except requests.RequestException as fault:
            raise StepFailed(f"网站没有回答（{type(fault).__name__}）。") from None
        parts = urlsplit(response.url)
        page = Page(response.status_code, parts.path, response.content)
        if response.status_code >= 400:
            raise StepFailed(f"{method} {parts.path} 得到 {response.status_code}：{page.says()}")
        return page


def changed(values: Values, changes: dict[str, str | list[str]]) -> Values:
    """Return the values with those of `changes` instead of their own; a list sends a name several times."""
    kept = [(name, value) for name, value in values if name not in changes]
    for name, value in changes.items():
        kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
    return kept
