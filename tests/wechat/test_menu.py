"""The custom menu: our file, Tencent's limits, the command."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.wechat.menu import BadMenu, Menu, read_menu
from tests.wechat.stand_in_api import serve
from tests.wechat.tencent import StandInConsultant, build_app, some_settings

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def menu(**entry: Any) -> dict[str, Any]:
    return {"columns": [{"name": "问一问", "entries": [{"name": "人工", "key": "human"} | entry]}]}


def test_our_menu_keeps_tencents_limits() -> None:
    body = read_menu(KNOWLEDGE).body("https://police.example.cn")
    assert [column["name"] for column in body["button"]] == ["问一问", "办事", "我的"]
    buttons = [button for column in body["button"] for button in column["sub_button"]]
    assert any(button.get("key") == "english" for button in buttons)
    for button in buttons:
        assert set(button) in ({"type", "name", "key"}, {"type", "name", "url"})
        assert len(button["name"].encode()) <= 60
        assert len(button.get("key", "").encode()) <= 128


@pytest.mark.parametrize(
    "broken",
    [
        {"columns": []},
        {"columns": menu()["columns"] * 4},
        {"columns": [{"name": "六个汉字太长", "entries": [{"name": "人工", "key": "human"}]}]},
        {"columns": [{"name": "空", "entries": []}]},
        {"columns": [{"name": "多", "entries": [{"name": "人工", "key": "human"}] * 6}]},
        menu(name="长" * 21),
        menu(name=""),
        menu(key="ask:" + "长" * 42),
        menu(key="unknown"),
        menu(page="/"),
        menu(key=None),
        menu(key=None, page="ftp://x"),
        menu(typo=1),
    ],
)
def test_a_menu_tencent_would_refuse_is_refused_here(tmp_path: Path, broken: dict[str, Any]) -> None:
    (tmp_path / "wechat_menu.yaml").write_text(yaml.safe_dump(broken), encoding="utf-8")
    with pytest.raises(BadMenu, match=r"wechat_menu\.yaml"):
        read_menu(tmp_path)


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe", b"7"])
def test_a_file_that_is_no_menu_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "wechat_menu.yaml").write_bytes(content)
    with pytest.raises(BadMenu):
        read_menu(tmp_path)


def test_an_address_too_long_is_refused() -> None:
    with pytest.raises(BadMenu, match="1024"):
        Menu.model_validate(menu(key=None, page="/" + "a" * 1010)).body("https://police.example.cn")


def test_the_command_shows_and_pushes_the_menu(tmp_path: Path) -> None:
    (tmp_path / "wechat_menu.yaml").write_text(yaml.safe_dump(menu()), encoding="utf-8")
    with serve() as api:
        api.answers["stable_token"] = [{"access_token": "t", "expires_in": 7200}]
        app = build_app(some_settings(tmp_path, wechat_api_url=api.address), StandInConsultant())
        runner = app.test_cli_runner()
        assert "人工" in runner.invoke(args=["wechat", "menu", "show"]).output
        assert runner.invoke(args=["wechat", "menu", "push"]).output == "菜单已更新。\n"
        pushed = [asked for path, asked, _ in api.calls if path == "menu/create"]
        assert pushed[0]["button"][0]["sub_button"] == [{"type": "click", "name": "人工", "key": "human"}]
        api.answers["menu/get"] = [{"menu": {"button": []}}]
        assert '"button": []' in runner.invoke(args=["wechat", "menu", "show", "--live"]).output
        api.answers["menu/create"] = [{"errcode": 40018, "errmsg": "invalid button name size"}]
        refused = runner.invoke(args=["wechat", "menu", "push"])
        assert refused.exit_code == 1
        assert "40018" in refused.output
        assert "Traceback" not in refused.output


def test_a_matter_that_does_not_exist_is_not_pushed(tmp_path: Path) -> None:
    (tmp_path / "wechat_menu.yaml").write_text(yaml.safe_dump(menu(key="matter:no-such")), encoding="utf-8")
    app = build_app(some_settings(tmp_path), StandInConsultant())
    refused = app.test_cli_runner().invoke(args=["wechat", "menu", "push"])
    assert refused.exit_code == 1
    assert "no-such" in refused.output
