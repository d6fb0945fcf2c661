"""The table of settings: where they come from, and what is said of those that can't be used."""

from pathlib import Path

import pytest

from spotcoffee.project.environment import Settings, SettingsError, load_settings, parse_bind


def faults_of(environ: dict[str, str], *, config: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load_settings(config, environ)
    return refused.value.faults


def file_of(folder: Path, text: str) -> Path:
    path = folder / "spotcoffee.toml"
    path.write_text(text)
    return path


def test_without_settings_everything_has_its_default() -> None:
    settings = load_settings(None, {"XDG_DATA_HOME": "/home/alice/.data"})

    assert settings.web_bind == "0.0.0.0:8443"
    assert (settings.radius_auth_bind, settings.radius_acct_bind) == ("0.0.0.0:1812", "0.0.0.0:1813")
    assert (settings.interim_interval, settings.time_zone, settings.language) == (300, "Europe/Paris", "fr")
    assert settings.web_tls == "on"
    assert settings.portal_bind == ""


def test_the_file_is_read(tmp_path: Path) -> None:
    config = file_of(tmp_path, 'time_zone = "Asia/Tokyo"\nhosts = ["a.example", "b.example"]\n')

    settings = load_settings(config, {})

    assert settings.time_zone == "Asia/Tokyo"
    assert settings.hosts == ["a.example", "b.example"]


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    config = file_of(tmp_path, "interim_interval = 60\n")

    assert load_settings(config, {"SPOTCOFFEE_INTERIM_INTERVAL": "120"}).interim_interval == 120


@pytest.mark.parametrize(
    ("text", "read"),
    [("https://wifi.example/", "https://wifi.example"), ("http://10.0.0.1:8080", "http://10.0.0.1:8080")],
)
def test_the_portal_s_address_is_kept_as_a_qr_begins(text: str, read: str) -> None:
    assert load_settings(None, {"SPOTCOFFEE_PORTAL_ADDRESS": text}).portal_address == read


@pytest.mark.parametrize(
    "text", ["wifi.example", "ftp://wifi.example", "https://", "https://a?b", "https://" + "a" * 100, "http://["]
)
def test_an_address_that_no_qr_could_lead_to_is_a_fault(text: str) -> None:
    assert "portal_address" in faults_of({"SPOTCOFFEE_PORTAL_ADDRESS": text})[0]


def test_the_path_of_the_file_may_be_a_variable(tmp_path: Path) -> None:
    config = file_of(tmp_path, "interim_interval = 60\n")

    assert load_settings(None, {"SPOTCOFFEE_CONFIG": str(config)}).interim_interval == 60


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    config = file_of(tmp_path, 'colour = "red"\nlanguage = "de"\n')

    faults = faults_of(
        {
            "SPOTCOFFEE_INTERIM_INTERVAL": "0",
            "SPOTCOFFEE_TIME_ZONE": "Paris",
            "SPOTCOFFEE_WEB_BIND": "8443",
            "SPOTCOFFEE_COFFEE": "strong",
        },
        config=config,
    )

    named = [fault.partition(":")[0] for fault in faults]
    assert sorted(named) == sorted(
        ["SPOTCOFFEE_COFFEE", str(config), "interim_interval", "language", "time_zone", "web_bind"]
    )
    assert all("\n" not in fault for fault in faults)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERIM_INTERVAL", "five"),
        ("INTERIM_INTERVAL", "-1"),
        ("LANGUAGE", "french"),
        ("WEB_TLS", "yes"),
        ("TIME_ZONE", ""),
        ("TIME_ZONE", "../../etc/passwd"),
        ("DATABASE_URL", "mysql://root@localhost/wifi"),
        ("RADIUS_AUTH_BIND", "127.0.0.1:65536"),
        ("RADIUS_ACCT_BIND", "127.0.0.1:٣"),
        ("PORTAL_BIND", "everywhere"),
        ("LOG_LEVEL", "loud"),
        ("TLS_CERT", "/etc/ssl/wifi.pem"),
    ],
)
def test_what_cannot_be_read_is_a_fault(name: str, value: str) -> None:
    assert len(faults_of({f"SPOTCOFFEE_{name}": value})) == 1


def test_a_fault_says_how_to_mend_it() -> None:
    (fault,) = faults_of({"SPOTCOFFEE_TIME_ZONE": "Paris"})

    assert "Europe/Paris" in fault


def test_a_fault_never_shows_the_password_of_the_database() -> None:
    (fault,) = faults_of({"SPOTCOFFEE_DATABASE_URL": "mysql://wifi:s3cret@localhost/wifi"})

    assert "s3cret" not in fault


def test_variables_of_the_tests_are_no_settings() -> None:
    assert load_settings(None, {"SPOTCOFFEE_TEST_DATABASE": "sqlite", "SPOTCOFFEE_FUZZ_SECONDS": "30"})


@pytest.mark.parametrize("text", ["not = [toml", "\x00", 'data = "\\ud800"'])
def test_a_file_that_is_not_toml_is_a_fault(tmp_path: Path, text: str) -> None:
    assert len(faults_of({}, config=file_of(tmp_path, text))) == 1


def test_a_file_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults_of({}, config=tmp_path / "missing.toml")

    assert "missing.toml" in fault


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8443", "127.0.0.1", 8443),
        ("[::1]:1812", "::1", 1812),
        (":1813", "0.0.0.0", 1813),  # noqa: S104
        ("wifi.example:443", "wifi.example", 443),
    ],
)
def test_a_bind_is_an_address_and_a_port(text: str, host: str, port: int) -> None:
    assert parse_bind(text) == (host, port)


@pytest.mark.parametrize("text", ["", "8443", "127.0.0.1:", "127.0.0.1:0", "::1:1812", "[::1:1812", "::1]:1812"])
def test_another_bind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write"):
        parse_bind(text)


def test_the_embedded_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).database_path == tmp_path / "spotcoffee.sqlite3"


def test_postgresql_has_no_file(tmp_path: Path) -> None:
    assert Settings(data=tmp_path, database_url="postgresql://wifi@db/wifi").database_path is None
