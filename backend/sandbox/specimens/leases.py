"""A made-up lease, as a picture: Chinese, with the blanks filled in."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw

from .drawing import CJK, font


@dataclass(frozen=True)
class LeaseText:
    landlord: str = "样本房东"
    tenant: str = "SPECIMEN ANNA"
    address: str = "嘉兴市南湖区样本路12号3幢402室"
    starts_on: date = date(2026, 11, 1)
    ends_on: date = date(2027, 10, 31)

    @property
    def lines(self) -> list[str]:
        starts, ends = _chinese(self.starts_on), _chinese(self.ends_on)
        return [
            "出租方（甲方）：" + self.landlord,
            "承租方（乙方）：" + self.tenant,
            "根据《中华人民共和国民法典》，双方就房屋租赁达成如下协议：",
            "第一条 房屋坐落：" + self.address,
            "第二条 房屋用途：居住。",
            f"第三条 租赁期限：自{starts}起至{ends}止。",
            "第四条 租金：每月人民币壹仟元整，按季支付。",
            "第五条 本页为样本，不具有任何效力。SPECIMEN",
        ]


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def lease_page(text: LeaseText | None = None, *, pixels_wide: int = 1240, text_font: Path = CJK) -> Image.Image:
    """Return the page. Needs a font with Chinese (`text_font`); raises FileNotFoundError without one."""
    if not text_font.exists():
        raise FileNotFoundError(text_font)
    scale = pixels_wide / 1240
    page = Image.new("RGB", (pixels_wide, round(1240 * 1.2 * scale)), (250, 249, 246))
    draw = ImageDraw.Draw(page)
    draw.text(
        (620 * scale, 110 * scale),
        "房屋租赁合同（样本）",
        font=font(text_font, 46 * scale),
        fill=(20, 20, 20),
        anchor="mm",
    )
    for number, line in enumerate((text or LeaseText()).lines):
        draw.text(
            (110 * scale, (230 + number * 105) * scale), line, font=font(text_font, 32 * scale), fill=(30, 30, 30)
        )
    return page
