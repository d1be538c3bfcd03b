"""Take out of a question what tells who asks: numbers, plates, addresses of mail, names that introduce themselves.

It rather masks too much than too little: the meaning of a question survives a missing number.
"""

import re
import unicodedata

HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]")
NUMBER, PLATE, MAIL, NAME, DATE, CODE = "〔号码〕", "〔车牌〕", "〔邮箱〕", "某某", "〔日期〕", "〔证件〕"
SURNAME = (
    "(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|"
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦"
    "向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边])"
)
GIVEN = "[\u4e00-\u9fff](?:[^\\W\\d_a-zA-Z想要问的是在有来去办能可今因现已了吗呢吧怎我他她你和跟也就家户身护驾])?"
SAYS_NAME = re.compile(
    "((?:我|本人|他|她|孩子|小孩|宝宝|儿子|女儿|老公|老婆|丈夫|妻子|爸爸|妈妈|父亲|母亲|爷爷|奶奶|朋友|房东|租客|名字|姓名)"
    "(?:的?(?:大名|名字|姓名))?\\s*(?:就?叫做?|名叫|名为|是叫|叫作|为|是|[:：])\\s*)"
    rf"{SURNAME}{GIVEN}"
)
# 姓名 and 叫 say that a name follows, whatever it looks like (少数民族姓名, 译名).
AFTER_NAME = re.compile(
    "((?:我叫做?|姓名\\s*[:是为 ]|名字(?:就?叫|是|为)|名叫)\\s*[:是为]?\\s*)(?!某某|[不你他她了车写错改什啥])"
    "[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})*"
)
SELF = re.compile(f"((?:^|[,，。;；\\s])(?:本人|申请人|当事人|户主)\\s*[:：]?\\s*)({SURNAME}{GIVEN})")
TITLED = re.compile(f"{SURNAME}(?=先生|女士|小姐|老师|警官|阿姨|大爷|大妈|师傅|医生|律师)")
NO_NAME = r"(?!(?:and|but|not|i|from|how|what|my|to|is|want|can|where|the|for)\b)"
ENGLISH_NAME = re.compile(
    r"(\b(?:my (?:full )?name(?: is|'s|:)|name\s*:|(?:i am|i'm) called|call me|(?:mr|mrs|ms|miss)\b\.?)\s+)"
    rf"{NO_NAME}[a-zà-öø-ÿ'’-]+(?:\s+{NO_NAME}[a-zà-öø-ÿ'’-]+){{0,2}}",
    re.IGNORECASE,
)
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), MAIL),
    (re.compile(r"(?i)((?:微信号?|wechat(?: id)?|qq号?|抖音号?)\s*[:：是为]?\s*)[a-z0-9][\w-]{4,}"), rf"\1{NUMBER}"),
    (
        re.compile(
            "(?i)[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]\\s?[a-z]\\s?[·.•-]?\\s?"
            "(?=[a-z0-9]*\\d)[a-z0-9]{4,6}[挂学警港澳领]?"
        ),
        PLATE,
    ),
    (re.compile(r"(?:19|20)\d\d\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?[日号]?"), DATE),
    # Passports and permits: letters and digits mixed, at least six digits.
    (re.compile(r"(?i)(?<![a-z0-9])(?=[a-z0-9]*[a-z])(?=(?:[a-z]*\d){6})[a-z0-9]{7,20}(?![a-z0-9])"), CODE),
    # Six digits or more, however they are cut up: telephones, identity numbers, accounts, codes.
    (re.compile(r"(?:\+\s?)?\d(?:[\s().\-—–_*·]{0,2}\d){5,}(?:\s?[xX](?![a-zA-Z]))?"), NUMBER),
    (re.compile("[零〇一二三四五六七八九幺两]{6,}"), NUMBER),
    (re.compile(r"\d+(?=\s?(?:幢|栋|单元|室))"), "○"),
)


def mask(text: str) -> str:
    """Return the question without what could tell a person, in one width of characters."""
    text = HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    text = ENGLISH_NAME.sub(rf"\1{NAME}", text)
    text = SAYS_NAME.sub(rf"\1{NAME}", text)
    text = AFTER_NAME.sub(rf"\1{NAME}", text)
    text = SELF.sub(rf"\1{NAME}", text)
    return TITLED.sub("某", text)
