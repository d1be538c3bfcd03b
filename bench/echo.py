"""The other side of the comparison: a WeRoBot 1.13.1 that only sends the text back."""

import os

from flask import Flask
from werobot import WeRoBot
from werobot.contrib.flask import make_view

robot = WeRoBot(
    token=os.environ["EPOLICE_WECHAT_TOKEN"],
    app_id=os.environ["EPOLICE_WECHAT_APP_ID"],
    encoding_aes_key=os.environ["EPOLICE_WECHAT_AES_KEY"],
    enable_session=False,
)


@robot.text
def echo(message: object) -> object:
    return message.content  # type: ignore[attr-defined]


app = Flask(__name__)
app.add_url_rule("/wechat", view_func=make_view(robot), methods=["GET", "POST"])
