"""The settings, and what is refused in production."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from checkpoint.foundation.settings import Environment, Settings

SAFE = {
    "database_url": "postgresql://checkpoint:a-long-password@db/checkpoint",
    "issuer": "https://id.example.org/realms/police",
    "jwks_url": "https://id.example.org/realms/police/certs",
    "public_url": "https://checkpoint.example.org",
    "cursor_key": "0123456789abcdef0123456789abcdef",
}
UNSAFE = [
    ("local_issuer", True, "CHECKPOINT_LOCAL_ISSUER"),
    ("database_url", None, "CHECKPOINT_DATABASE_URL"),
    ("issuer", None, "CHECKPOINT_ISSUER"),
    ("issuer", "http://id.example.org", "CHECKPOINT_ISSUER"),
    ("issuer", "id.example.org", "CHECKPOINT_ISSUER"),
    ("jwks_url", None, "CHECKPOINT_JWKS_URL"),
    ("jwks_url", "http://id.example.org/certs", "CHECKPOINT_JWKS_URL"),
    ("jwks_url", "file:///etc/passwd", "CHECKPOINT_JWKS_URL"),
    ("public_url", None, "CHECKPOINT_PUBLIC_URL"),
    ("public_url", "http://checkpoint.example.org", "CHECKPOINT_PUBLIC_URL"),
    ("cursor_key", None, "CHECKPOINT_CURSOR_KEY"),
    ("cursor_key", "x" * 31, "CHECKPOINT_CURSOR_KEY"),
]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch):
    for field in Settings.model_fields:
        monkeypatch.delenv(f"CHECKPOINT_{field.upper()}", raising=False)


def test_silence_means_production_and_production_wants_everything_safe():
    with pytest.raises(ValidationError, match="unsafe in production"):
        Settings()
    assert Settings(**SAFE).environment is Environment.PRODUCTION


@pytest.mark.parametrize(("field", "value", "named"), UNSAFE)
def test_every_unsafe_setting_of_production_is_named_and_no_other(field, value, named):
    with pytest.raises(ValidationError) as refused:
        Settings(**SAFE | {field: value})
    words = refused.value.errors()[0]["msg"]
    assert named in words
    assert words.count("CHECKPOINT_") == 1


def test_all_unsafe_settings_are_named_at_once():
    with pytest.raises(ValidationError) as refused:
        Settings(local_issuer=True)
    words = refused.value.errors()[0]["msg"]
    assert {named for _, _, named in UNSAFE if named in words} == {named for *_, named in UNSAFE}


def test_a_refusal_to_start_tells_no_secret():
    secrets = {"cursor_key": "hunter2", "database_url": "postgresql://u:hunter2@h/d"}
    for field, value in secrets.items():
        with pytest.raises(ValidationError) as refused:
            Settings(**{field: value})
        assert "hunter2" not in str(refused.value)


def test_development_is_relaxed():
    settings = Settings(environment="development", local_issuer=True)
    assert settings.local_issuer
    assert settings.database_url is None
    assert settings.shows_docs


def test_links_begin_with_the_public_address_or_where_the_service_listens():
    def address(**given):
        return Settings(environment="development", **given).address

    assert address() == "http://127.0.0.1:8000"
    assert address(host="0.0.0.0", port=9000) == "http://localhost:9000"
    assert address(host="::1") == "http://[::1]:8000"
    assert address(public_url="https://police.example/checkpoint/") == (
        "https://police.example/checkpoint"
    )
    assert Settings(**SAFE | {"public_url": "http://localhost:8000"}).address.endswith(":8000")
    for wrong in (
        "checkpoint.example",
        "ftp://checkpoint.example",
        "https://",
        "https:///calendars",
        "https://somebody:hunter2@checkpoint.example",
        "https://checkpoint.example/?next=",
        "https://checkpoint.example/#there",
        "https://checkpoint.example/ there",
        'https://checkpoint.example/">',
    ):
        with pytest.raises(ValidationError, match="Write it as https"):
            address(public_url=wrong)


def test_the_docs_page_is_shown_in_development_unless_somebody_says_otherwise():
    assert not Settings(**SAFE).shows_docs
    assert Settings(**SAFE, docs=True).shows_docs
    assert not Settings(environment="development", docs=False).shows_docs


def test_settings_are_read_from_the_environment(monkeypatch):
    for field, value in SAFE.items():
        monkeypatch.setenv(f"CHECKPOINT_{field.upper()}", value)
    monkeypatch.setenv("CHECKPOINT_PORT", "9000")
    monkeypatch.setenv("CHECKPOINT_STRONG_ACR", '["4"]')
    settings = Settings()
    assert settings.issuer == SAFE["issuer"]
    assert (settings.port, settings.strong_acr) == (9000, ("4",))


def test_an_environment_that_is_neither_is_refused():
    with pytest.raises(ValidationError, match="environment"):
        Settings(environment="staging", **SAFE)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("port", 0), ("port", 65_536), ("workers", 0), ("workers", 65), ("pool_size", 0)),
        *(("revocation_seconds", 0), ("revocation_seconds", 61), ("key_cooldown_seconds", 0)),
    ],
)
def test_numbers_out_of_range_are_refused(field, value):
    with pytest.raises(ValidationError, match=field):
        Settings(**SAFE, **{field: value})


def test_settings_are_frozen():
    settings = Settings(**SAFE)
    with pytest.raises(ValidationError, match="frozen"):
        settings.local_issuer = True


def test_secrets_are_not_shown():
    settings = Settings(**SAFE, owner_database_url=SAFE["database_url"])
    assert isinstance(settings.cursor_key, SecretStr)
    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    assert "a-long-password" not in shown
    assert SAFE["cursor_key"] not in shown


def test_the_data_folder_is_absolute_and_asked_for_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings(environment="development", data_folder=Path("here"))
    assert settings.folder == tmp_path.resolve() / "here"
    assert settings.folder is settings.folder
