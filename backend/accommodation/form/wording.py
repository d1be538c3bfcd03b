"""What is printed on every form, Chinese and English."""

from .content import Named

TITLE = Named("境外人员住宿登记表", "Registration Form of Temporary Residence")
NUMBER = Named("编号", "No.")
REPLACES = Named("代替编号", "Replaces No.")
ISSUED_ON = Named("签发日期", "Date of issue")
SCAN = Named("扫码核验", "Scan to check")
CHECK_AT = Named("核验地址", "Check at")
ELECTRONIC_SEAL = Named("登记机关（电子签章）", "Registering authority (digital signature)")
STATION = Named("登记派出所", "Police station")
PHONE = Named("电话", "Telephone")
OFFICER = Named("经办民警警号", "Officer No.")
ISSUED_AT = Named("签发时间", "Issued at (Beijing time)")
NOTES = Named("说明", "Notes")
WATERMARK = "样例 SAMPLE"
NOTHING = "—"
OWN_HOME = Named("本人住房", "Own home")
SEXES = {"M": Named("男", "Male"), "F": Named("女", "Female"), "X": Named("未指明", "Unspecified")}

SIGNED = Named("电子签章", "Digitally signed")
BEIJING_TIME = "UTC+8"
SANDBOX = Named("沙箱测试签章 无法律效力", "SANDBOX · NO LEGAL EFFECT")

# 《出境入境管理法》第三十九条第二款, 第七十六条第一款第六项 (2012-06-30). Which changes ask for a new registration
# besides a new home is the station's practice, as the matter's file says.
REGISTER_AGAIN_BY_LAW = Named(
    "搬家、换发护照或者签证、离境后返回的，请重新登记：在旅馆以外的住所居住或者住宿，应当在入住后二十四小时内由本人或者"
    "留宿人向居住地公安机关办理登记（《中华人民共和国出境入境管理法》第三十九条第二款）。",
    "Register again after moving, after a new passport or visa, and after returning from abroad: whoever stays "
    "anywhere but a hotel must be registered with the local police within 24 hours of moving in, by the guest or by "
    "the host (Exit and Entry Administration Law, Article 39, paragraph 2).",
)
PENALTY = Named(
    "未按照规定登记的，给予警告，可以并处二千元以下罚款（同法第七十六条第一款第六项）。",
    "Failing to register: a warning, and possibly a fine of up to 2,000 yuan (Article 76, paragraph 1, item 6).",
)
REGISTER_AGAIN = Named(
    "搬家、换发证件、离开后返回的，请按照规定的时限到住地派出所或者在网上重新登记。",
    "Register again, within the time set for you, after moving, after a new document and after returning.",
)
NO_PERMIT = Named(
    "本表证明已办理住宿登记，不是签证或者停留居留证件，不延长停留期限。",
    "This form proves registration. It is neither a visa nor a permit and does not extend any permitted stay.",
)
GENUINE = Named(
    "本表可能被撤销或者代替，是否有效以扫码核验的结果为准。",
    "A form can be revoked or replaced: what the QR code shows decides whether this one is valid.",
)


def notes(is_foreigner: bool) -> list[Named]:
    """Return the notes: the law of 2012 is on foreigners; others' time limits stand in other rules."""
    again = [REGISTER_AGAIN_BY_LAW, PENALTY] if is_foreigner else [REGISTER_AGAIN]
    return [*again, NO_PERMIT, GENUINE]
