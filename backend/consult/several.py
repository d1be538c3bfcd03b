"""Several questions in one message: where one ends and the next begins.

Only the text is looked at here; whether the parts are really different questions is
decided by what they are understood as (`service.py`).
"""

import re

MAX_PARTS = 3
ENDS = re.compile(r"(?<=[?？])|[\n;；]+")
NUMBERED = re.compile(r"(?:^|(?<=[\s,，。;；?？:：]))(?:[(（]?[1-9一二三四五][)）.、]|[①②③④⑤])\s*(?=\D)")
JOINTS = re.compile(
    r"[,，。.\s]*(?=还有|另外|顺便|再问|再就是|以及|对了|and also|also,? |by the way|another question)"
    r"|\s(?=and (?:how|what|where|when|which|why|can|do|does|is|are) )"
)
COMMAS = re.compile(r"[,，。]|\.(?=\s)")
ASKS = re.compile(
    "什么|啥|怎么|怎样|咋|如何|[吗嘛呢]|么$|多少|多久|多长|几[天个次年元块张号点]|哪|能不能|可不可以|可以不|行不行|要不要|用不用|"
    "是不是|有没有|是否|需不需要|会不会|谁|为何|凭啥|"
    r"\b(?:what|how|where|which|why)\b|[?？]$|"
    r"^\s*(?:and |also |by the way )*(?:when|who|can|could|do|does|is|are|may|must|should|will)\b"
)
SHORTEST = 3  # letters of a part that can be a question


def parts_of(text: str) -> list[str]:
    """Return the questions of a normalised message in their order, at most MAX_PARTS; one where it asks once.

    What does not ask goes with the question after it, as what people tell first; at the end, with the one before.
    """
    pieces = [part for piece in _cut(text) for part in COMMAS.split(piece) if part.strip()]
    return _gathered(pieces)[:MAX_PARTS]


def is_clearly_several(text: str) -> bool:
    """True where more than commas stands between two questions."""
    return len(_gathered(_cut(text))) > 1


def asks(text: str) -> bool:
    """True for what is put as a question."""
    return bool(ASKS.search(text)) and len(text.strip()) >= SHORTEST


def _cut(text: str) -> list[str]:
    """Cut at question marks, lines, numbers and words that begin another question."""
    lines = [line for whole in ENDS.split(text) for line in NUMBERED.split(whole)]
    return [piece for line in lines for piece in JOINTS.split(line) if piece and piece.strip()]


def _gathered(pieces: list[str]) -> list[str]:
    parts: list[str] = []
    told = ""
    for piece in pieces:
        told = f"{told},{piece.strip()}" if told else piece.strip()
        if asks(piece):
            parts.append(told)
            told = ""
    if told:
        parts[-1:] = [f"{parts[-1]},{told}"] if parts else [told]
    return parts
