"""Settings, logs and errors: what every room stands on."""

import json
from pathlib import Path

import pytest
import structlog
from flask import Flask

from backend import create_app
from backend.config import BadSettings, Settings, load_settings
from backend.errors import Conflict, Refusal, TooMany, Unavailable
from backend.logs import configure_logs

AES_KEY = "k" * 43


@pytest.fixture
def app(knowledge: Path, tmp_path: Path) -> Flask:
    return create_app(Settings(_env_file=None, data_dir=tmp_path / "data", knowledge_dir=knowledge, log_level="ERROR"))


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"EPOLICE_WECHAT_APP_ID": "wx0123456789"}, "wechat_app_secret, wechat_token, secret_key"),
        ({"EPOLICE_WECHAT_AES_KEY": "short"}, "wechat_aes_key must have 43 characters"),
        ({"EPOLICE_PUBLIC_URL": "nonsense"}, "EPOLICE_PUBLIC_URL (address citizens reach"),
        ({"EPOLICE_DIALOGUE_MINUTES": "0"}, "EPOLICE_DIALOGUE_MINUTES"),
        ({"EPOLICE_LOG_LEVEL": "LOUD"}, "EPOLICE_LOG_LEVEL"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_says_which(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as stopped:
        load_settings()
    assert told in str(stopped.value)
    assert "short" not in str(stopped.value).replace("43", "")


def test_a_short_secret_is_refused_with_a_real_account() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Settings(
            _env_file=None, wechat_app_id="wx0123456789", wechat_app_secret="s", wechat_token="t", secret_key="short"
        )


def test_logs_hold_no_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    log = structlog.get_logger()
    log.info("answered", openid="oABC", question="我叫张三", matter="passport-first")
    try:
        raise ValueError("330402199001011234")
    except ValueError:
        log.error("failed", exc_info=True)
    configure_logs("ERROR")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["openid"], first["question"], first["matter"]) == ("[withheld]", "[withheld]", "passport-first")
    assert second["fault"] == "ValueError"
    assert "330402" not in json.dumps(second)


@pytest.mark.parametrize(
    ("fault", "status"), [(Conflict(), 409), (TooMany(), 429), (Unavailable(), 503), (Refusal("不行"), 400)]
)
def test_an_error_has_one_shape(app: Flask, fault: Refusal, status: int) -> None:
    app.add_url_rule("/fails", view_func=lambda: (_ for _ in ()).throw(fault))
    answer = app.test_client().get("/fails", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.json["ok"] is False
    assert (answer.json["code"], answer.json["message"]) == (fault.code, fault.says)
    assert answer.json["request_id"]


def test_a_fault_shows_nobody_a_traceback(app: Flask) -> None:
    app.add_url_rule("/breaks", view_func=lambda: 1 / 0)
    answer = app.test_client().get("/breaks")
    assert answer.status_code == 500
    assert "系统出了点问题" in answer.text
    assert "ZeroDivision" not in answer.text


def test_health(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"ok": True}
    assert client.get("/readyz").json == {"ok": True, "database": True, "knowledge": True, "knowledge_faults": 0}
