"""One spelling for what people type: width, script, emoji, repeated signs."""

import re
import unicodedata
from functools import cache, lru_cache

import opencc

MAX_CHARS = 600  # a WeChat text may be longer; what decides is near the start and the end
MAX_RUN = 3

# Look-alikes that input methods and OCR produce; NFKC does not know them.
LOOKALIKES = str.maketrans(
    {"囗": "口", "曰": "日", "巳": "已", "祗": "只", "妳": "你", "冇": "没", "嘢": "东西", "乜": "什么"}
)
NOT_TEXT = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u200b-\u200f\u2028-\u202f\ufe00-\ufe0f\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)
WECHAT_EMOTICON = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,8}\]|/:[\w<>@!()|~*$&;,.'-]{1,6}")
LONG_RUN = re.compile(rf"(.)\1{{{MAX_RUN},}}")
SIGNS = re.compile(r"[\W_]+")
COURTESY = re.compile(
    r"^(?:(?:你好|您好|请问一下|请问|咨询一下|问一下|想问一下|想问下|我想问下|我想问一下|麻烦问一下|打扰了)+(?!吗|啊|呀))"
    r"|(?:谢谢|谢谢你|谢谢您|急|在线等)$"
)
SPACES = re.compile(r"\s+")


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(2048)
def normalise(text: str) -> str:
    """Return `text` in one spelling: NFKC, simplified, lower case, without emoji.

    Very long messages keep their first and last parts: people explain first and ask last.
    """
    if len(text) > MAX_CHARS:
        text = f"{text[: MAX_CHARS // 2]} {text[-MAX_CHARS // 2 :]}"
    text = WECHAT_EMOTICON.sub(" ", text)
    text = NOT_TEXT.sub(" ", unicodedata.normalize("NFKC", text))
    text = _to_simplified().convert(text).translate(LOOKALIKES).lower()
    text = LONG_RUN.sub(lambda run: run.group(1) * MAX_RUN, text)
    return SPACES.sub(" ", text).strip()


def bare(text: str) -> str:
    """Return only letters, Han characters and digits, without courtesies: the key for exact matches."""
    letters = SIGNS.sub("", text)
    return COURTESY.sub("", letters) or letters
