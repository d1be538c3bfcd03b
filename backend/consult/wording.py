"""Word an answer: what was asked first, then what it turns on, the law, the review date, what else to ask.

Two lengths of the same answer: for WeChat (2,047 bytes of UTF-8, cut at a sentence,
the rest on the matter's page) and whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..matters.bureau import Bureau
from ..matters.schema import Aspect, Matter
from ..matters.situations import narrow
from ..text import cut_at_sentence, shorten, size_bytes
from .conversation import Emergency, OtherDepartment
from .phrases import ASPECT_TITLE, CHINESE_ONLY, STALE, pick, title_of
from .reply import Citation, Reply
from .sections import section_of
from .turning import Turning, turning_of

# Tencent gives no number; 2,047 bytes is where other accounts met the end (wechat-platform notes).
WECHAT_BYTES = 2047
MAX_CITED = 3
QUOTED = 30  # letters of a question that are said back
NEXT = (Aspect.MATERIALS, Aspect.PROCESS, Aspect.TIME_LIMIT, Aspect.FEE, Aspect.ONLINE, Aspect.LOCATION)

CALL_NOW = {
    "zh": "⚠️ 请马上拨打 {number}！",
    "en": "⚠️ Call {number} now!",
    "ja": "⚠️ 今すぐ {number} に電話してください！",
    "ko": "⚠️ 지금 바로 {number}에 전화하세요!",
    "ru": "⚠️ Немедленно звоните {number}!",
    "fr": "⚠️ Appelez le {number} immédiatement !",
    "es": "⚠️ ¡Llame al {number} ahora mismo!",
    "ar": "⚠️ اتصل الآن بالرقم {number}!",
}


@dataclass(frozen=True)
class Worded:
    """An answer in both lengths.

    options: ids of the options it offers by number. told, standing: what is said, and the law and the page
    it stands on, for an answer that is one of several.
    """

    text: str
    full_text: str
    citations: tuple[Citation, ...] = ()
    options: tuple[str, ...] = ()
    told: str = ""
    standing: str = ""


class Wording:
    """Words answers for one bureau; page_of gives the address of a matter's page."""

    def __init__(self, public_url: str):
        self._public_url = public_url
        self._known: dict[tuple[str, Aspect, str, tuple[str, ...]], tuple[Matter, Worded]] = {}
        self._known_on: date | None = None

    def page_of(self, matter: Matter, aspect: Aspect, lang: str, known: Sequence[str] = ()) -> str:
        asked = "&".join([*(f"s={option}" for option in known), *(["lang=en"] if lang == "en" else [])])
        return f"{self._public_url}/m/{matter.id}{'?' if asked else ''}{asked}#{aspect.value}"

    def matter(self, matter: Matter, aspect: Aspect, lang: str, day: date, known: tuple[str, ...] = ()) -> Worded:
        """Answer one aspect of a matter. lang: zh or en. known: options of its situations, sorted.

        Remembered for the day, and for this very version of the matter.
        """
        if self._known_on != day:
            self._known, self._known_on = {}, day
        key = (matter.id, aspect, lang, known)
        found = self._known.get(key)
        if found is None or found[0] is not matter:
            found = self._known[key] = (matter, self._word(matter, aspect, lang, day, known))
        return found[1]

    def _word(self, matter: Matter, aspect: Aspect, lang: str, day: date, known: tuple[str, ...]) -> Worded:
        turning = turning_of(matter, aspect, known)
        section = section_of(narrow(matter, known), aspect, lang)
        body = [title_of(matter, aspect, lang), *_for_whom(turning, lang), *section.lines]
        if lang == "en" and not matter.english:
            body.insert(1, CHINESE_ONLY)
        cited = _citations(matter, section.basis, lang)
        standing = [_standing(matter, cited, lang)] if cited and aspect is not Aspect.LEGAL_BASIS else []
        page = pick(("全文：", "Full page: "), lang) + self.page_of(matter, aspect, lang, known)
        foot = ["", *_asking(turning, lang), *standing, *self._foot(matter, aspect, lang, day), page]
        options = tuple(option.id for option in turning.situation.options) if turning else ()
        told = "\n".join(body)
        return Worded(
            _short(told, foot, lang), "\n".join(body + foot), tuple(cited), options,
            told, "\n".join([*standing, page]),
        )  # fmt: skip

    def _foot(self, matter: Matter, aspect: Aspect, lang: str, day: date) -> list[str]:
        reviewed = pick(("规则核对日期：", "Reviewed: "), lang) + matter.reviewed.isoformat()
        if day > matter.reviewed + timedelta(days=matter.review_every_days):
            reviewed += pick(("。", ". "), lang) + pick(STALE, lang)
        others = [pick(ASPECT_TITLE[a], lang) for a in NEXT if a is not aspect][:4]
        lines = [reviewed, pick(("还可以问：", "You can also ask: "), lang) + pick(("、", ", "), lang).join(others)]
        if matter.online.apply:
            english = "?lang=en" if lang == "en" else ""
            lines.append(pick(("在线办理：", "Apply here: "), lang) + self._public_url + matter.online.apply + english)
        return lines

    def together(self, answers: Sequence[Reply], unclear: Sequence[str], lang: str) -> Worded:
        """Return several answers as one, in their order, each with its law; each gives way equally where all are long.

        unclear: the questions that were not understood, in the citizen's own words.
        """
        lead = pick((f"您问了 {len(answers)} 件事，一件一件说：", f"You asked {len(answers)} things:"), lang)
        again = ("“{}”这一句没听明白，请单独再问。", "Please ask again on its own: “{}”.")
        tail = [pick(again, lang).format(shorten(part, QUOTED)) for part in unclear]
        told = [_as_part(answer) for answer in answers]
        whole = "\n\n".join([lead, *map(_joined, told, (a.standing for a in answers)), *tail])
        room = WECHAT_BYTES - size_bytes("\n\n".join([lead, *(a.standing for a in answers), *tail])) - 4 * len(answers)
        shares = _shares([size_bytes(text) for text in told], room)
        more = pick(("……（见全文）", " … (see the full page)"), lang)
        parts = [
            _joined(cut_at_sentence(text, share, more), a.standing)
            for a, text, share in zip(answers, told, shares, strict=True)
        ]
        citations = dict.fromkeys(citation for answer in answers for citation in answer.citations)
        return Worded("\n\n".join([lead, *parts, *tail]), whole, tuple(citations))

    def choice(self, options: list[str], lang: str, sure: bool) -> Worded:
        """Offer up to four numbered options. sure: they are close; else none is likely."""
        if sure:
            lead = pick(("您想问的是哪一个？回复数字就行：", "Which one do you mean? Reply with its number:"), lang)
        else:
            lead = pick(
                ("这个我没有十足把握，不敢乱答。下面有您要问的吗？回复数字：",
                 "I am not sure what you mean and will not guess. Is it one of these? Reply with its number:"),
                lang,
            )  # fmt: skip
        tail = pick(
            ("都不是的话，请换个说法再问，或者回复“人工”。", "If not, please put it another way, or reply “human”."),
            lang,
        )
        text = "\n".join([lead, *(f"{i}. {option}" for i, option in enumerate(options, start=1)), tail])
        return Worded(cut_at_sentence(text, WECHAT_BYTES), text)

    def of_what(self, lang: str) -> Worded:
        """Ask which matter a question is about that names none."""
        text = pick(
            ("您问的是哪件事？请连事情一起说，例如“补身份证要多少钱”。", "Which matter is this about? Please name it, "
             "for example “How much is a visa extension?”."), lang,
        )  # fmt: skip
        return Worded(text, text)

    def emergency(self, emergency: Emergency, lang: str) -> Worded:
        numbers = " / ".join(emergency.number)
        text = f"{CALL_NOW.get(lang, CALL_NOW['en']).format(number=numbers)}\n{emergency.advice_in(lang)}"
        return Worded(cut_at_sentence(text, WECHAT_BYTES), text)

    def elsewhere(self, department: OtherDepartment | None, lang: str) -> Worded:
        """Say that a question is another department's, and whom to call."""
        if department is None or department.id == "none":
            text = pick(
                ("这个问题不属于公安业务，我答不了。户口、身份证、居住证、出入境、车驾管、治安许可这些事，您可以直接问我；"
                 "其他政务问题请拨 12345。",
                 "This is not police business, so I cannot answer it. Ask me about household registration, ID cards, "
                 "residence, exit and entry, vehicles, driving licences or permits. For other services call 12345."),
                lang,
            )  # fmt: skip
            return Worded(text, text)
        number = department.hotline or "12345"
        note = f"（{department.hotline_note.in_(lang)}）" if department.hotline_note else ""
        if lang == "zh":
            text = f"这件事不归公安办，由{department.name.zh}负责：{department.scope.zh}\n请拨打 {number}{note} 咨询"
            text += "。" if number == "12345" else "，打不通可拨 12345。"
        else:
            name, scope = department.name.in_(lang), department.scope.in_(lang)
            text = f"This is not police business. It belongs to {name}: {scope}\n"
            text += f"Please call {number}." if number == "12345" else f"Please call {number}{note}, or 12345."
        return Worded(cut_at_sentence(text, WECHAT_BYTES), text)

    def service(self, text: str, bureau: Bureau) -> Worded:
        """Fill a service sentence with the hall's telephone and hours, and the address of the citizen's cases."""
        hall = next((o for o in bureau.offices if o.sort == "service-hall"), bureau.offices[0])
        lang = "en" if text.isascii() else "zh"
        filled = text.format(phone=hall.phone, hours=hall.hours.in_(lang), my=f"{self._public_url}/my")
        return Worded(cut_at_sentence(filled, WECHAT_BYTES), filled)


def _for_whom(turning: Turning | None, lang: str) -> list[str]:
    said = turning.said(lang) if turning else ""
    return [said] if said else []


def _asking(turning: Turning | None, lang: str) -> list[str]:
    return [*turning.question(lang), ""] if turning else []


def _as_part(answer: Reply) -> str:
    """Return what an answer says as one of several; a choice says first which question it is about."""
    quoted = f"“{shorten(answer.question, QUOTED)}”\n" if answer.kind == "clarify" else ""
    return quoted + (answer.told or answer.text)


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _shares(sizes: list[int], room: int) -> list[int]:
    """Return how many bytes each may take: what a short one does not need goes to the longer ones."""
    shares = [0] * len(sizes)
    for rank, i in enumerate(sorted(range(len(sizes)), key=lambda i: sizes[i])):
        shares[i] = min(sizes[i], room // (len(sizes) - rank))
        room -= shares[i]
    return shares


def _short(body: str, foot: list[str], lang: str) -> str:
    """Return body and foot within WECHAT_BYTES; the body gives way, the law never does."""
    tail = "\n".join(foot)
    more = pick(("\n……（未完，见全文）", "\n… (continued on the full page)"), lang)
    room = WECHAT_BYTES - size_bytes(tail) - 1
    return f"{cut_at_sentence(body, room, more)}\n{tail}"


def _citations(matter: Matter, basis: list[str], lang: str) -> list[Citation]:
    """Return the citations of these ids; a bare source counts where no law is behind a fact."""
    addresses = {s.id: str(s.address) for s in matter.sources}
    laws = {b.id: b for b in matter.legal_basis}
    sources = {s.id: s for s in matter.sources}
    found = []
    for name in sorted(basis or [matter.legal_basis[0].id], key=lambda n: n not in laws):  # laws before guides
        if name in laws:
            b = laws[name]
            article = b.article.in_(lang) if b.article else None
            found.append(Citation(b.law.in_(lang), article, b.number, b.says.in_(lang), addresses[b.source]))
        elif name in sources:
            s = sources[name]
            found.append(Citation(s.title, None, None, s.publisher, str(s.address)))
    return found


def _standing(matter: Matter, cited: list[Citation], lang: str) -> str:
    """Return the line of what the answer stands on: laws; where none is behind it, the guides, not called law."""
    titles = {source.title for source in matter.sources} - {basis.law.in_(lang) for basis in matter.legal_basis}
    laws = [citation for citation in cited if citation.law not in titles]
    joint = pick(("；", "; "), lang)
    if laws:
        return pick(("依据：", "Legal basis: "), lang) + joint.join(_names(laws, lang))
    return pick(("资料来源：", "Source: "), lang) + joint.join(list(dict.fromkeys(c.law for c in cited))[:MAX_CITED])


def _names(cited: list[Citation], lang: str) -> list[str]:
    """Return 《law》第…条、第…条 once a law, the first few."""
    articles: dict[str, list[str]] = {}
    for citation in cited:
        number = pick((f"（{citation.number}）", f" ({citation.number})"), lang) if citation.number else ""
        law = f"《{citation.law}》" if lang == "zh" else citation.law
        listed = articles.setdefault(f"{law}{number}", [])
        if citation.article and citation.article not in listed:
            listed.append(citation.article)
    joint = pick(("、", ", "), lang)
    space = "" if lang == "zh" else " "
    return [law + space + joint.join(a[:4]) if a else law for law, a in list(articles.items())[:MAX_CITED]]
