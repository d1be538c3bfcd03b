"""What the sandbox's phone cannot do."""

from ..errors import Conflict, Invalid, NotFound, Unavailable


class BadAct(Invalid):
    code = "sandbox.bad_act"


class NotFollowing(Conflict):
    code = "sandbox.not_following"
    says = "先关注公众号，才能发消息。"


class NothingToResend(Conflict):
    code = "sandbox.nothing_to_resend"
    says = "还没有发过消息。"


class NoPicture(Invalid):
    code = "sandbox.no_picture"
    says = "微信只收 10 MB 以内的 JPEG、PNG 图片。"


class BadRedirect(Invalid):
    """The browser is not sent on: Tencent shows a page of its own."""

    code = "sandbox.bad_redirect"


class NoOfficers(NotFound):
    code = "sandbox.no_officers"
    says = "还没有示例民警：flask officers demo（make run 会自动创建）。"


class StoryBusy(Conflict):
    code = "sandbox.story_busy"
    says = "上一步还在进行，请稍等。"


class NoStory(NotFound):
    code = "sandbox.no_story"
    says = "这部手机上没有故事，先选一个人。"


class StepFailed(Conflict):
    """A step of the story could not be done; says why in plain words."""

    code = "sandbox.step_failed"


class NoFont(Unavailable):
    code = "sandbox.no_font"
    says = "没有中文字体，画不出合同：先运行 make setup。"
