"""The room's sentences, in Chinese and English: what people read of each move."""

from collections.abc import Iterable
from datetime import date

from .errors import TooLong
from .models import CaseEvent, Status
from .timeline import Kind

# 行政复议法 (2023) 第二十条第一款: 自知道或者应当知道该行政行为之日起六十日内;
# 行政诉讼法 (2017) 第四十六条第一款: 自知道或者应当知道作出行政行为之日起六个月内;
# 行政许可法 第三十八条第二款: 说明理由, 并告知申请行政复议或者提起行政诉讼的权利.
REMEDY = {
    "zh": "不服本决定的，可以自知道之日起60日内申请行政复议（行政复议法第二十条），"
    "也可以自知道之日起6个月内直接向人民法院提起行政诉讼（行政诉讼法第四十六条）。",
    "en": "If you disagree, you may apply for administrative reconsideration within 60 days of learning of this "
    "decision (Administrative Reconsideration Law, Art. 20), or bring a suit before a people's court within "
    "6 months (Administrative Litigation Law, Art. 46).",
}
REMEDY_SHORT = {
    "zh": "可在60日内申请行政复议，或者6个月内提起行政诉讼",
    "en": "you may ask for reconsideration within 60 days or sue within 6 months",
}
HAPPENED = {
    Kind.SUBMITTED: {"zh": "您提交了申请", "en": "You submitted the application"},
    Kind.CLAIMED: {"zh": "民警接手了“{step}”", "en": "An officer took up “{step}”"},
    Kind.RELEASED: {"zh": "“{step}”放回待办", "en": "“{step}” was put back into the queue"},
    Kind.PASSED: {"zh": "{unit}办完了“{step}”", "en": "{unit} completed “{step}”"},
    Kind.RETURNED: {
        "zh": "{unit}请您补正，补正期间不计算办理时间",
        "en": "{unit} asks you to correct something; the clock stands meanwhile",
    },
    Kind.RESUBMITTED: {"zh": "您补正后重新提交了", "en": "You submitted the corrections"},
    Kind.REFUSED: {"zh": "{unit}作出了不予办理的决定", "en": "{unit} refused the application"},
    Kind.DONE: {"zh": "办结", "en": "Completed"},
    Kind.WITHDRAWN: {"zh": "您撤回了申请", "en": "You withdrew the application"},
    Kind.TRANSFERRED: {"zh": "转到{unit}办理", "en": "Passed on to {unit}"},
}
STATUS = {
    Status.SUBMITTED: {"zh": "办理中", "en": "In progress"},
    Status.RETURNED: {"zh": "待您补正", "en": "Waiting for your corrections"},
    Status.DONE: {"zh": "已办结", "en": "Completed"},
    Status.REFUSED: {"zh": "不予办理", "en": "Refused"},
    Status.WITHDRAWN: {"zh": "已撤回", "en": "Withdrawn"},
}
STAGE = {
    "apply": {"zh": "申请", "en": "Apply"},
    "accept": {"zh": "受理", "en": "Accept"},
    "review": {"zh": "审查", "en": "Review"},
    "decide": {"zh": "决定", "en": "Decide"},
    "deliver": {"zh": "送达", "en": "Deliver"},
}
# Why a move does not fit any more, by where the case is now.
ENDED = {
    Status.SUBMITTED: "办件正在办理中，现在不能这样办，请刷新再看。",
    Status.RETURNED: "办件已经退回申请人补正，补正后才能继续。",
    Status.DONE: "办件已经办结。",
    Status.REFUSED: "办件已经作出不予办理的决定。",
    Status.WITHDRAWN: "申请人已经撤回申请。",
}
DECIDED = "决定已经作出，不能再退回、拒绝或者撤回。"
SAME_UNIT = "同单位的其他民警已经先一步处理，请刷新再看。"
OTHER_UNIT = "其他单位的民警已经先一步处理，请刷新再看。"
DONE_BY_YOU = "您已经办过这个环节了。"
NOT_YOUR_TURN = "还没有轮到您办这个环节，请刷新再看。"
MAX_WORDS = 1000  # characters
NOT_DUE = {"zh": "另行通知", "en": "to be announced"}
PROVISIONAL = {"zh": "（暂定）", "en": " (provisional)"}
WHOLE = {"zh": "整份申请", "en": "the application"}


def said(words: dict[str, str], lang: str) -> str:
    """Return one language of a pair, Chinese where there is no other."""
    return words.get(lang) or words["zh"]


def due_text(due_on: date | None, provisional: bool, lang: str) -> str:
    """Return "2026-11-30", with a mark where the holidays are not published yet."""
    if due_on is None:
        return said(NOT_DUE, lang)
    return due_on.isoformat() + (said(PROVISIONAL, lang) if provisional else "")


def event_text(line: CaseEvent, step: str, unit: str, lang: str) -> str:
    """Return what happened in one sentence. step, unit: names in `lang`."""
    return said(HAPPENED[Kind(line.kind)], lang).format(step=step, unit=unit)


def listed(words: Iterable[str], lang: str) -> str:
    """Return the words in one line, each once."""
    return ("、" if lang == "zh" else ", ").join(dict.fromkeys(words))


def masked(name: str) -> str:
    """Return a name for a list: 王*, 欧阳** → 欧***, "Anna Berg" → "A*** B***"; nobody is found by it."""
    words = name.split()
    if len(words) > 1:
        return " ".join(word[0] + "***" for word in words)
    return name[:1] + "*" * min(len(name[1:]), 3) if name else ""


def ensure_short(*texts: str) -> None:
    """Raise TooLong where an officer's words are longer than a page wants to show."""
    if any(len(text) > MAX_WORDS for text in texts):
        raise TooLong
