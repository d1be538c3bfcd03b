"""`flask wechat menu show|push`."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from ..errors import Refusal
from ..house import house
from .errors import WechatFault
from .menu import Menu, read_menu
from .service import account

wechat_cli = AppGroup("wechat", help="The public account at Tencent's end.")
menu_cli = AppGroup("menu", help="The custom menu under the chat.")
wechat_cli.add_command(menu_cli)


@menu_cli.command("show")
@click.option("--live", is_flag=True, help="Show what WeChat has instead of our file.")
def show(live: bool) -> None:
    """Print the menu as it is, or will be, at WeChat."""
    menu = account(current_app).wechat.get_menu if live else _checked_body
    try:
        click.echo(json.dumps(menu(), ensure_ascii=False, indent=2))
    except Refusal as fault:
        raise click.ClickException(_plain(fault)) from None


@menu_cli.command("push")
def push() -> None:
    """Make knowledge/wechat_menu.yaml the menu at WeChat (followers see it within a day)."""
    try:
        account(current_app).wechat.create_menu(_checked_body())
    except Refusal as fault:
        raise click.ClickException(_plain(fault)) from None
    click.echo("菜单已更新。")


def _checked_body() -> dict[str, object]:
    home = house()
    menu: Menu = read_menu(home.settings.knowledge_dir)
    unknown = menu.matter_ids() - set(home.catalogue.current.listed)
    if unknown:
        raise Refusal(f"菜单里有目录中没有的事项：{', '.join(sorted(unknown))}")
    return menu.body(home.settings.public_url)


def _plain(fault: Refusal) -> str:
    number = f"（微信错误码 {fault.errcode}）" if isinstance(fault, WechatFault) and fault.errcode else ""
    return fault.says + number
