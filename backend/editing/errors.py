"""What is refused to editors, in words for them."""

from ..errors import Conflict, Invalid, NotFound


class NoSuchProposal(NotFound):
    code = "editing.no_proposal"
    says = "没有找到这条修改建议。"


class NoSuchTicket(NotFound):
    code = "editing.no_ticket"
    says = "没有找到这条转人工的提问。"


class NoSuchCluster(NotFound):
    code = "editing.no_cluster"
    says = "这组提问已经处理过了，或者已重新归类。"


class NoSuchVersion(NotFound):
    code = "editing.no_version"
    says = "没有找到这个版本。"


class NoSuchSection(NotFound):
    code = "editing.no_section"
    says = "这个事项没有这一节，或者这一节不能在这里修改。"


class BadSample(Invalid):
    """A sample question that cannot stand in a bank; the message says why."""

    code = "editing.bad_sample"


class BadAnswer(Invalid):
    code = "editing.bad_answer"
    says = "请写好答复，2 到 500 个字。"


class FileChanged(Conflict):
    """Somebody changed the file since the editor opened it."""

    code = "editing.file_changed"
    says = "这个文件刚被别人改过，请打开最新的内容重新修改。"


class SameEditor(Conflict):
    """Who proposes a change cannot approve it."""

    code = "editing.same_editor"
    says = "修改要由另一位编辑核准，不能核准自己提出的。"


class NotReady(Conflict):
    """Checks are still running, or the proposal is published or rejected already."""

    code = "editing.not_ready"
    says = "这条修改还在检查，或者已经处理过了，请刷新再看。"


class NothingToChange(Invalid):
    code = "editing.nothing_to_change"
    says = "内容和现在的文件一样，没有要改的。"


class NoLongerGood(Conflict):
    """What was good when it was proposed does not fit the files of today."""

    code = "editing.no_longer_good"
    says = "文件现在的内容和这条修改对不上了，请退回后重新提出。"


class TicketTaken(Conflict):
    code = "editing.ticket_taken"
    says = "这条提问已经有人答复或者关闭了。"


class BadArchive(Invalid):
    """The ZIP is no export of a knowledge folder; the message says why. Nothing was replaced."""

    code = "editing.bad_archive"
