from pathlib import Path

import pytest

from banker.settings import SettingsWrong, kept_secret, read


def test_the_environment_is_read_with_its_defaults() -> None:
    chosen = read({"BANKER_DATA": "/tmp/somewhere", "BANKER_PORT": "9000"})
    assert (chosen.host, chosen.port, chosen.workers) == ("127.0.0.1", 9000, 1)
    assert (chosen.currency, chosen.timezone, chosen.secure) == ("MMK", "Asia/Yangon", False)


def test_the_owner_is_the_service_where_no_other_is_named() -> None:
    chosen = read({"BANKER_DATABASE_URL": "postgresql://someone@host/banker"})
    assert chosen.owner_url == chosen.database_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BANKER_PORT", "http"),
        ("BANKER_PORT", "70000"),
        ("BANKER_PORT", "８０００"),
        ("BANKER_WORKERS", "0"),
        ("BANKER_TIMEZONE", "Yangon"),
        ("BANKER_TIMEZONE", "../../etc/passwd"),
        ("BANKER_SECRET", "short"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsWrong, match=name):
        read({name: value})


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "data")
    assert kept_secret(tmp_path / "data") == first
    assert len(first) >= 32
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]


def test_a_secret_that_was_cut_short_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    with pytest.raises(SettingsWrong, match="too short"):
        kept_secret(tmp_path)
