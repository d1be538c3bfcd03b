"""What the room refuses. The sentences are fit for a citizen and for an officer's page."""

from ..errors import Conflict, Invalid, NotFound, TooMany


class NoSuchDraft(NotFound):
    code = "case.no_such_draft"
    says = "没有找到这份草稿，可能已经超过30天被清理。"


class NoSuchCase(NotFound):
    code = "case.not_found"
    says = "没有找到这个办件，请核对编号。"


class DraftGone(Conflict):
    """The draft is submitted or abandoned: nothing can be written into it any more."""

    code = "case.draft_gone"
    says = "这份草稿已经提交或者放弃，不能再改。"


class UnknownField(Invalid):
    code = "case.unknown_field"
    says = "表格里没有这一项，请刷新页面再填。"


class DraftTooLarge(Invalid):
    code = "case.draft_too_large"
    says = "填写的内容太多，请删减后再保存。"


class TooManyDrafts(TooMany):
    code = "case.too_many_drafts"
    says = "没有提交的草稿太多，请先提交或者删除一些。"


class BadMaterial(Invalid):
    code = "case.bad_material"
    says = "材料清单有误，请刷新页面后重新选择材料。"


class NoSuchUnit(Invalid):
    code = "case.no_such_unit"
    says = "没有这个办理单位，请重新选择。"


class NotOurs(Invalid):
    """No step of the matter is done by an office of this bureau."""

    code = "case.not_ours"
    says = "这个事项不由本单位办理，请按办事指南到指定的地方办。"


class NotAllowedNow(Conflict):
    """The move is not in the table for the case as it stands now."""

    code = "case.not_allowed_now"
    says = "办件现在的状态不能这样办，请刷新再看。"


class TakenByOther(Conflict):
    """Another officer acted first, or holds the step."""

    code = "case.taken_by_other"
    says = "同单位的其他民警已经在办，请刷新再看。"


class ReasonMissing(Invalid):
    code = "case.reason_missing"
    says = "请写明原因，让申请人看得懂。"


class TooLong(Invalid):
    code = "case.too_long"
    says = "文字太长，请控制在1000字以内。"
