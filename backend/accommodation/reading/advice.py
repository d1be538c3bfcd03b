"""Why a picture could not be read, or not wholly: a stable code, and what to do in Chinese and English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    zh: str
    en: str


ADVICE = {
    "no-file": Advice("没有找到这个文件。", "The file was not found."),
    "not-a-picture": Advice(
        "这个文件不是能打开的照片，请换一张。", "This file is not a photo that can be opened. Please choose another."
    ),
    "too-large": Advice("照片太大了，请用手机直接拍一张。", "The photo is too large. Please take one with your phone."),
    "too-small": Advice("照片太小，看不清字。请靠近一些再拍。", "The photo is too small to read. Please move closer."),
    "no-mrz": Advice(
        "没有找到证件下方的两三行机读码（有很多“<”的那几行）。请把整页拍进去。",
        "The lines with many “<” signs at the bottom of the page were not found. Please show the whole page.",
    ),
    "cut-off": Advice(
        "机读码没有拍全，请把证件四边都拍进去。",
        "The lines at the bottom are cut off. Please keep all four edges in the picture.",
    ),
    "blurred": Advice(
        "照片有些模糊，请拿稳、对焦后再拍。", "The photo is blurred. Hold still, let it focus and try again."
    ),
    "too-dark": Advice("光线太暗，请到亮处再拍。", "It is too dark. Please take the photo in better light."),
    "glare": Advice(
        "证件上有反光，请换个角度再拍。", "There is a reflection on the page. Please tilt it and try again."
    ),
    "no-lease": Advice(
        "没有在这一页上认出租赁合同的内容，请拍清楚首页，或者自己填写。",
        "Nothing of a lease was recognised on this page. Please photograph its first page, or fill in the form.",
    ),
    "check": Advice(
        "有几项看得不够清楚，请对照证件核对。",
        "Some items could not be read for certain. Please check them against the document.",
    ),
    "try-again": Advice("这次没能读完，请再试一次。", "Reading did not finish. Please try again."),
}


def sentence(code: str | None, language: str = "zh") -> str:
    """Return the sentence of `code` in `zh` or `en`; empty for no advice."""
    told = ADVICE.get(code or "")
    return "" if told is None else told.zh if language.startswith("zh") else told.en
