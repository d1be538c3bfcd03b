"""The shape of a matter file: `knowledge/matters/<category>/<id>.yaml`.

Field names follow China's implementation-list terms for government service
matters (政务服务事项实施清单). One file feeds all four services: consultation,
application, progress and notices. `flask knowledge schema` writes the JSON
Schema of `Matter` for editors.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1200)]


class Category(StrEnum):
    """The eleven rooms of the catalogue; the value is also the folder's name."""

    HOUSEHOLD = "household"
    IDENTITY_CARD = "identity-card"
    POPULATION = "population"
    EXIT_ENTRY = "exit-entry"
    FOREIGNER = "foreigner"
    VEHICLE = "vehicle"
    DRIVER = "driver"
    TRAFFIC = "traffic"
    PUBLIC_ORDER = "public-order"
    HAZARDOUS = "hazardous"
    NETWORK = "network"


class Kind(StrEnum):
    """事项类型."""

    LICENCE = "许可"
    CONFIRMATION = "确认"
    SERVICE = "服务"
    FILING = "备案"


class Mode(StrEnum):
    """How far a citizen gets without coming: 办理形式."""

    FULL_ONLINE = "full-online"
    SEMI_ONLINE = "semi-online"
    APPOINTMENT = "appointment"
    WINDOW = "window"


class Aspect(StrEnum):
    """What a citizen asks about a matter."""

    OVERVIEW = "overview"
    MATERIALS = "materials"
    PROCESS = "process"
    CONDITIONS = "conditions"
    FEE = "fee"
    TIME_LIMIT = "time_limit"
    LOCATION = "location"
    ONLINE = "online"
    VALIDITY = "validity"
    LEGAL_BASIS = "legal_basis"
    CONSEQUENCE = "consequence"


class Strict(BaseModel):
    """Unknown keys are faults: a misspelt field must not vanish silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Text(Strict):
    """A sentence in Chinese and, where foreigners read it, in English.

    In YAML a plain string is Chinese only; `{zh: …, en: …}` is both.
    """

    zh: Sentence
    en: Sentence | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_chinese(cls, value: Any) -> Any:
        return {"zh": value} if isinstance(value, str) else value

    def in_(self, lang: str) -> str:
        """Return the text in `lang` ("zh" or "en"), Chinese where no English is written."""
        return self.en if lang == "en" and self.en else self.zh


class Option(Strict):
    """One of the situations a citizen may be in.

    words: what says so in a question; among them 外省 also stands for every province no label names.
    ages: whole years from, to (both included) that say so.
    mode, trips: the way for these, where it is not the matter's.
    """

    id: Slug
    label: Text
    words: list[Sentence] = Field(default_factory=list)
    ages: tuple[int, int] | None = None
    mode: Mode | None = None
    trips: int | None = Field(None, ge=0, le=3)

    @model_validator(mode="after")
    def _a_way_has_its_trips(self) -> Self:
        if (self.mode is None) != (self.trips is None):
            raise ValueError("`mode` and `trips` go together")
        return self


class Situation(Strict):
    """What the rules turn on (情形): asked, with numbered options, where the question does not tell.

    Every rule, material or fee may say by `only_for` which options it is for.
    """

    id: Slug
    ask: Text
    options: list[Option] = Field(min_length=2, max_length=4)


class Rule(Strict):
    """One statement of the rules, with the law it stands on.

    basis: ids of entries in the matter's `legal_basis`.
    local: the detail differs by place; the answer adds 以当地窗口为准.
    only_for: ids of the options it is for; none: for everybody. The text must read alone all the same.
    """

    text: Text
    basis: list[Slug] = Field(default_factory=list)
    local: bool = False
    only_for: list[Slug] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"text": value}
        if isinstance(value, dict) and "zh" in value:  # {zh, en, basis?, local?}
            rest = {k: v for k, v in value.items() if k not in ("zh", "en")}
            return {"text": {k: value[k] for k in ("zh", "en") if k in value}, **rest}
        return value


class Source(Strict):
    """Where a fact was looked up."""

    id: Slug
    title: Sentence
    publisher: Sentence
    address: HttpUrl
    seen: date


class LegalBasis(Strict):
    """One article of one law (设定依据). `says` tells in our own words what it provides."""

    id: Slug
    law: Text
    article: Text | None = None
    number: str | None = Field(None, description="文号, e.g. 公安部令第164号")
    says: Text
    source: Slug


class MaterialForm(StrEnum):
    ORIGINAL = "original"
    COPY = "copy"
    ORIGINAL_AND_COPY = "original-and-copy"
    ELECTRONIC = "electronic"
    FORM = "form"  # filled in online or at the window


class Material(Strict):
    """申请材料. `when` makes it conditional; `shared_from` lets another department's data stand in."""

    id: Slug
    name: Text
    form: MaterialForm = MaterialForm.ORIGINAL
    copies: int = Field(1, ge=1, le=10)
    when: Text | None = Field(None, description="only needed in this situation")
    deferrable: bool = Field(False, description="容缺: may follow later")
    shared_from: Slug | None = Field(None, description="id of a department in bureau.yaml")
    upload: bool = True
    note: Text | None = None
    basis: list[Slug] = Field(default_factory=list)
    local: bool = Field(False, description="no national rule asks for it; the window decides")
    only_for: list[Slug] = Field(default_factory=list, description="ids of options; `when` says the same in words")


class FieldType(StrEnum):
    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "date"
    SELECT = "select"
    CHECKBOX = "checkbox"
    PHONE = "phone"
    EMAIL = "email"
    ID_NUMBER = "id-number"
    PASSPORT = "passport"
    PLATE = "plate"
    ADDRESS = "address"
    CREDIT_CODE = "credit-code"


class FormField(Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    label: Text
    type: FieldType = FieldType.TEXT
    required: bool = True
    options: list[Text] = Field(default_factory=list)
    max_length: int = Field(100, ge=1, le=2000)
    help: Text | None = None

    @model_validator(mode="after")
    def _select_has_options(self) -> Self:
        if (self.type is FieldType.SELECT) != bool(self.options):
            raise ValueError("`options` belong to a select, and a select needs them")
        return self


class Stage(StrEnum):
    """阶段: what a citizen sees on the progress line."""

    APPLY = "apply"
    ACCEPT = "accept"
    REVIEW = "review"
    DECIDE = "decide"
    DELIVER = "deliver"


class Unit(StrEnum):
    """Which sort of unit does a step; `bureau.yaml` says which one that is for an address."""

    APPLICANT = "applicant"
    WINDOW = "window"
    STATION = "station"
    HOUSEHOLD = "household"
    EXIT_ENTRY = "exit-entry"
    VEHICLE = "vehicle"
    TRAFFIC = "traffic"
    PUBLIC_ORDER = "public-order"
    NETWORK = "network"
    SUPERIOR = "superior"  # the municipal, provincial or national authority


class Role(StrEnum):
    APPLICANT = "applicant"
    CLERK = "clerk"
    STATION_OFFICER = "station-officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"


class Step(Strict):
    """环节. Steps with the same `parallel` name run side by side."""

    id: Slug
    name: Text
    stage: Stage
    unit: Unit
    role: Role
    limit_working_days: int | None = Field(None, ge=0, le=400)
    parallel: Slug | None = None
    visit: bool = Field(False, description="the applicant or the officer must be present in person")
    says: Text | None = Field(None, description="what happens here, for the citizen")


class Fee(Strict):
    """One charge. amount_fen: hundredths of a yuan; none where the amount depends."""

    name: Text
    amount_fen: int | None = Field(None, ge=0, le=100_000_000)
    when: Text | None = None
    basis: list[Slug] = Field(default_factory=list)
    local: bool = False
    only_for: list[Slug] = Field(default_factory=list)


class Limit(Rule):
    """A time limit; `working_days`, `days` or `hours` (of the clock, nights and holidays too) where it is a number.

    id: by which a program asks for it.
    """

    id: Slug | None = None
    hours: int | None = Field(None, ge=1, le=8760)
    working_days: int | None = Field(None, ge=0, le=400)
    days: int | None = Field(None, ge=0, le=3650)


class TimeLimits(Strict):
    """法定/承诺办结时限, and the deadlines the citizen must keep. cases: what differs by situation."""

    statutory: Limit | None = None
    promised: Limit | None = None
    cases: list[Rule] = Field(default_factory=list)
    citizen: list[Limit] = Field(default_factory=list)

    def find_citizen_limit(self, limit_id: str) -> Limit | None:
        """Return the citizen's own deadline of this id, None where the file has none."""
        return next((limit for limit in self.citizen if limit.id == limit_id), None)

    @model_validator(mode="after")
    def _promise_within_the_law(self) -> Self:
        s, p = self.statutory, self.promised
        for unit in ("working_days", "days"):
            law, promise = (getattr(x, unit) if x else None for x in (s, p))
            if law is not None and promise is not None and promise > law:
                raise ValueError(f"promised {promise} {unit} exceed the statutory {law}")
        return self


class Channel(Strict):
    """An online way. `address` only where it is an official one that was looked up."""

    name: Text
    address: HttpUrl | None = None
    note: Text | None = None


class Online(Strict):
    """apply: the path of our own pages that take the application, where there are such. cases: by situation."""

    possible: bool
    text: Text
    cases: list[Rule] = Field(default_factory=list)
    apply: Annotated[str, StringConstraints(pattern=r"^(/[a-z][a-z-]*)+$")] | None = None
    channels: list[Channel] = Field(default_factory=list)
    basis: list[Slug] = Field(default_factory=list)
    local: bool = False


class Location(Strict):
    """Where to go. offices: sorts of office in bureau.yaml, nearest first for the citizen. cases: by situation."""

    text: Text
    cases: list[Rule] = Field(default_factory=list)
    offices: list[Slug] = Field(default_factory=list)
    basis: list[Slug] = Field(default_factory=list)
    local: bool = False


class Delivery(StrEnum):
    WINDOW = "window"
    COURIER = "courier"
    ELECTRONIC = "electronic"
    ON_THE_SPOT = "on-the-spot"


class Result(Strict):
    """What the citizen holds in the end (结果名称, 送达方式)."""

    name: Text
    delivery: list[Delivery] = Field(min_length=1)


def _unique(items: list[Any]) -> list[Any]:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise ValueError(f"the id {item.id!r} stands twice")
        seen.add(item.id)
    return items


class Names(Strict):
    """Other names of the matter; searched and matched, never printed."""

    zh: list[Sentence] = Field(min_length=3)
    en: list[Sentence] = Field(default_factory=list)


class Matter(Strict):
    """Everything the bureau knows of one matter (事项)."""

    id: Slug
    category: Category
    name: Text
    aliases: Names
    kind: Kind
    mode: Mode
    instant: bool = Field(False, description="即办件: decided on the spot; otherwise 承诺件")
    trips: int = Field(ge=0, le=3, description="到现场次数")
    audience: list[Annotated[str, StringConstraints(pattern="^(citizen|foreigner|business)$")]] = Field(
        default_factory=lambda: ["citizen"], min_length=1
    )
    authority: Text = Field(description="实施主体")
    summary: Text
    situations: Annotated[list[Situation], AfterValidator(_unique)] = Field(default_factory=list, max_length=3)
    conditions: list[Rule] = Field(min_length=1)
    materials: Annotated[list[Material], AfterValidator(_unique)] = Field(min_length=1)
    form: Annotated[list[FormField], AfterValidator(_unique)] = Field(min_length=1)
    steps: Annotated[list[Step], AfterValidator(_unique)] = Field(min_length=2)
    fees: list[Fee] = Field(default_factory=list, description="empty: free of charge")
    fee_note: Rule | None = None
    time_limits: TimeLimits
    location: Location
    online: Online
    validity: list[Rule] = Field(min_length=1)
    consequences: list[Rule] = Field(min_length=1)
    legal_basis: Annotated[list[LegalBasis], AfterValidator(_unique)] = Field(min_length=1)
    result: Result
    related: list[Slug] = Field(default_factory=list)
    sources: Annotated[list[Source], AfterValidator(_unique)] = Field(min_length=1)
    reviewed: date
    review_every_days: int = Field(180, ge=7, le=730)
    effective_from: date | None = None
    effective_until: date | None = None

    @property
    def english(self) -> bool:
        """Foreigners use this matter, so every text must be there in English too."""
        return "foreigner" in self.audience

    def effective_on(self, day: date) -> bool:
        return (self.effective_from or day) <= day <= (self.effective_until or day)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.effective_from and self.effective_until and self.effective_from > self.effective_until:
            raise ValueError("effective_from is after effective_until")
        return self
