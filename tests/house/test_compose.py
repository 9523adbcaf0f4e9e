"""The trial on one machine: the files that start it say the same as the code. Nothing is run."""

import csv
import inspect
import json
import os
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from sqlalchemy.engine import make_url

import checkpoint
from checkpoint.access.permissions import STRONG
from checkpoint.access.tokens import ALGORITHMS, REQUIRED
from checkpoint.foundation.actors import TOKEN_ROLES, Rank
from checkpoint.foundation.database import API_ROLE
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.health import router as health
from checkpoint.foundation.settings import Environment, Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
INIT = (ROOT / "deploy/postgresql/init.sql").read_text("utf-8")
REALM_TEXT = (ROOT / "deploy/keycloak/realm.json").read_text("utf-8")

SERVICES = yaml.safe_load(COMPOSE)["services"]
REALM = json.loads(REALM_TEXT)
CLIENTS = {client["clientId"]: client for client in REALM["clients"]}
DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}
# ${NAME:?why} must be set; ${NAME:-value} may be.
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<rule>:\?|:-)?(?P<rest>[^}]*)\}")
SECRET = re.compile(r"PASSWORD|SECRET|KEY$")
OURS = ("migrate", "api")


def filled(text: str) -> str:
    """``text`` as compose hands it over, every required variable filled with a made-up value."""

    def value(found: re.Match[str]) -> str:
        return "0123456789abcdef" * 4 if found["rule"] == ":?" else found["rest"]

    return VARIABLE.sub(value, text).replace("$$", "$")


def environment(service: str) -> dict[str, str]:
    """What a container of our image finds in its environment."""
    image = dict(re.findall(r"(CHECKPOINT_\w+)=([^\s\\]+)", DOCKERFILE)) if service in OURS else {}
    given = SERVICES[service].get("environment", {})
    return image | {name: filled(value) for name, value in given.items()}


@pytest.fixture
def settings(monkeypatch):
    def of(service: str) -> Settings:
        for name in [name for name in os.environ if name.upper().startswith("CHECKPOINT_")]:
            monkeypatch.delenv(name)
        for name, value in environment(service).items():
            monkeypatch.setenv(name, value)
        return Settings()

    return of


def config_of(client: str, mapper: str) -> list[dict[str, str]]:
    mappers = CLIENTS[client]["protocolMappers"]
    return [found["config"] for found in mappers if found["protocolMapper"] == mapper]


def claims_of(client: str) -> dict[str, dict[str, str]]:
    configs = [mapper["config"] for mapper in CLIENTS[client]["protocolMappers"]]
    return {found["claim.name"]: found for found in configs if "claim.name" in found}


# Settings and secrets.


def test_every_checkpoint_name_in_the_files_is_a_setting():
    named = set(re.findall(r"\bCHECKPOINT_[A-Z_]+", COMPOSE + DOCKERFILE + INIT + REALM_TEXT))
    assert named
    assert {name.removeprefix("CHECKPOINT_").lower() for name in named} <= DEFAULTS.keys()


@pytest.mark.parametrize("service", OURS)
def test_the_settings_of_each_service_are_accepted_as_safe_for_production(settings, service):
    assert settings(service).environment is Environment.PRODUCTION


def test_packages_of_extracts_have_a_volume_that_the_service_may_write_to(settings):
    folder = str(settings("api").extract_folder)
    volumes = dict(reversed(each.split(":")[:2]) for each in SERVICES["api"]["volumes"])
    assert volumes[folder] == "extracts"
    user = re.search(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)[1]
    assert f"install --directory --owner={user} --mode=700 {folder}\n" in DOCKERFILE
    assert SERVICES["api"]["read_only"]
    assert settings("api").sealing_key
    assert settings("migrate").sealing_key is None


def test_only_the_migration_holds_the_login_that_changes_tables(settings):
    owner = make_url(settings("migrate").owner_database_url.get_secret_value())
    login = make_url(settings("api").database_url.get_secret_value())
    assert settings("api").owner_database_url is None
    assert owner.username != login.username
    for url in (owner, login):
        assert (url.host, url.port, url.database) == ("db", 5432, environment("db")["POSTGRES_DB"])
        created = re.search(rf"CREATE ROLE {url.username} (.*?);", INIT)
        assert created
        assert created[1].startswith("LOGIN")
        assert "SUPERUSER" not in created[1]
    assert f"\nGRANT {API_ROLE} TO {login.username};" in INIT
    assert f"\nGRANT {API_ROLE} TO {owner.username} WITH ADMIN OPTION;" in INIT


def test_init_reads_its_passwords_from_what_compose_gives_the_database():
    read = dict(re.findall(r"\\getenv (\w+) (\w+)", INIT))
    assert read
    assert set(read.values()) <= environment("db").keys()
    assert {f":'{variable}'" for variable in read} == set(re.findall(r"PASSWORD (\S+?);", INIT))


def test_every_secret_must_be_given_and_the_top_of_the_file_says_how_to_make_it():
    explained = COMPOSE.partition("\nname:")[0]
    found = list(VARIABLE.finditer(COMPOSE))
    required = {variable["name"] for variable in found if variable["rule"] == ":?"}
    assert required
    assert required <= set(re.findall(r"[A-Z_]+", explained))
    for variable in found:
        assert variable["rule"] == ":?" or not SECRET.search(variable["name"])
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if SECRET.search(name):
                assert VARIABLE.fullmatch(value), name


def test_no_credential_is_in_the_realm():
    kept = [credential for user in REALM["users"] for credential in user["credentials"]]
    passwords = {credential["value"] for credential in kept}
    assert {kind for credential in kept for kind in credential} == {"type", "value", "temporary"}
    assert len(passwords) == 1
    name = VARIABLE.fullmatch(*passwords)["name"]
    assert VARIABLE.fullmatch(SERVICES["keycloak"]["environment"][name])["rule"] == ":?"
    assert not re.search(r"secret|privateKey|BEGIN", REALM_TEXT)
    assert all(client["publicClient"] for client in CLIENTS.values())


# Images, ports and order.


def test_every_image_is_pinned_and_ours_is_built_once():
    images = {name: service["image"] for name, service in SERVICES.items()}
    images["Dockerfile"] = re.search(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)[1]
    for name, image in images.items():
        tag = image.rpartition("/")[2].partition(":")[2]
        assert tag, name
        assert "latest" not in tag, name
    assert len({images[name] for name in (*OURS, "certificates")}) == 1
    assert [name for name, service in SERVICES.items() if "build" in service] == ["api"]


def test_postgresql_is_of_one_version_the_embedded_one():
    version = inspect.signature(embedded).parameters["version"].default
    versions = set(re.findall(r"postgres(?:ql)?[:/](\d+)", COMPOSE))
    assert versions == {str(version)}
    assert version >= 15
    # Where the image of 18 and later keeps its volume; before, it was a folder below.
    mounts = [volume.split(":")[1] for volume in SERVICES["db"]["volumes"]]
    assert "/var/lib/postgresql" in mounts


def test_postgresql_logs_no_values():
    command = SERVICES["db"]["command"]
    assert "log_error_verbosity=terse" in command
    assert "log_parameter_max_length_on_error=0" in command


def test_python_is_one_the_project_supports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    least = re.fullmatch(r">=3\.(\d+)", project["requires-python"])[1]
    image = re.search(r"^FROM python:3\.(\d+)-slim", DOCKERFILE, re.MULTILINE)[1]
    assert int(image) >= int(least)


def test_the_api_listens_where_it_is_published_and_asked_for_its_health(settings):
    listens = settings("api")
    assert (listens.host, listens.port) == ("0.0.0.0", DEFAULTS["port"])
    assert SERVICES["api"]["ports"] == [f"127.0.0.1:{listens.port}:{listens.port}"]
    assert f"EXPOSE {listens.port}" in DOCKERFILE
    check = SERVICES["api"]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "python"]
    compile(check[-1], "healthcheck", "exec")
    assert f'HTTPConnection("127.0.0.1", {listens.port},' in check[-1]
    path = re.search(r'request\("GET", "(.+?)"\)', check[-1])[1]
    assert path in {route.path for route in health.routes}


def test_nothing_is_published_beyond_this_machine():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert "ports" not in SERVICES["db"]


def test_each_service_waits_for_what_it_needs():
    def waits(service: str) -> dict[str, str]:
        needed = SERVICES[service].get("depends_on", {})
        return {name: rule["condition"] for name, rule in needed.items()}

    done, well = "service_completed_successfully", "service_healthy"
    assert waits("migrate") == {"db": well}
    assert waits("keycloak") == {"certificates": done}
    assert waits("api") == {"db": well, "migrate": done, "keycloak": well}
    for service in SERVICES:
        for needed, condition in waits(service).items():
            assert (condition == well) == ("healthcheck" in SERVICES[needed])


def test_every_file_and_volume_that_is_mounted_exists():
    declared = yaml.safe_load(COMPOSE)["volumes"]
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in declared


# The image.


def test_the_image_holds_what_it_copies_and_nothing_else():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copies = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    copied = {source for sources in copies for source in sources.split()}
    assert "*" in ignored
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)
    # `checkpoint migrate` looks for it there, from its own file.
    assert Path(checkpoint.__file__).parent == ROOT / "src/checkpoint"
    assert {"alembic.ini", "migrations"} <= copied


def test_the_image_installs_what_is_locked_and_runs_as_nobody_in_particular():
    assert "--require-hashes --requirement requirements/run.txt" in DOCKERFILE
    assert not re.search(r"https?://|index[-]url", DOCKERFILE)
    assert int(re.search(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)[1]) > 0
    assert 'CMD ["checkpoint", "serve"]' in DOCKERFILE
    assert SERVICES["migrate"]["command"] == ["checkpoint", "migrate"]
    assert "command" not in SERVICES["api"]


# The identity provider.


def test_the_issuer_is_the_one_that_keycloak_puts_into_tokens(settings):
    keycloak = environment("keycloak")
    issuer = settings("api").issuer
    assert issuer == f"{keycloak['KC_HOSTNAME']}/realms/{REALM['realm']}"
    published = f"127.0.0.1:{urlsplit(issuer).port}:{keycloak['KC_HTTPS_PORT']}"
    assert SERVICES["keycloak"]["ports"] == [published]


def test_the_keys_are_fetched_from_the_same_realm_over_https_that_is_trusted(settings):
    keys, keycloak = urlsplit(settings("api").jwks_url), environment("keycloak")
    assert keys.path == f"/realms/{REALM['realm']}/protocol/openid-connect/certs"
    assert (keys.hostname, str(keys.port)) == ("keycloak", keycloak["KC_HTTPS_PORT"])
    assert environment("api")["SSL_CERT_FILE"] == keycloak["KC_HTTPS_CERTIFICATE_FILE"]
    making = SERVICES["certificates"]["command"][-1]
    for host in (keys.hostname, urlsplit(settings("api").issuer).hostname):
        assert f"DNS:{host}" in making


def test_keycloak_imports_the_realm_and_is_healthy_only_with_it():
    keycloak = SERVICES["keycloak"]
    assert "--import-realm" in keycloak["command"]
    imported = f"/opt/keycloak/data/import/{REALM['realm']}-realm.json"
    assert f"./deploy/keycloak/realm.json:{imported}:ro" in keycloak["volumes"]
    assert f"GET /realms/{REALM['realm']} " in keycloak["healthcheck"]["test"][-1]


@pytest.mark.parametrize("client", CLIENTS)
def test_tokens_are_for_this_api_and_for_no_other(client):
    [audience] = config_of(client, "oidc-audience-mapper")
    assert audience["included.custom.audience"] == DEFAULTS["audience"]
    # The scope `roles` would add `account`, and a token for two audiences is refused.
    assert CLIENTS[client]["defaultClientScopes"] == ["basic", "acr"]
    assert CLIENTS[client]["optionalClientScopes"] == []
    assert not CLIENTS[client]["fullScopeAllowed"]


@pytest.mark.parametrize("client", CLIENTS)
def test_tokens_have_the_kind_the_signature_and_the_claims_that_are_checked(client):
    attributes, claims = CLIENTS[client]["attributes"], claims_of(client)
    assert attributes["access.token.header.type.rfc9068"] == "true"
    assert attributes["access.token.signed.response.alg"] in ALGORITHMS
    # Keycloak gives every claim that is required, but for this one.
    assert "nbf" in REQUIRED
    assert claims.keys() == {
        "nbf",
        "checkpoint_role",
        "checkpoint_suites",
        "checkpoint_rank",
        "checkpoint_organization",
    }
    assert claims["nbf"]["jsonType.label"] == "long"
    assert claims["checkpoint_role"].get("multivalued", "false") == "false"
    assert claims["checkpoint_suites"]["multivalued"] == "true"
    assert all(claim["access.token.claim"] == "true" for claim in claims.values())


def test_people_log_in_with_a_code_and_pkce_and_only_the_trial_takes_passwords():
    assert CLIENTS.keys() == {"checkpoint-web", "checkpoint-shell"}
    people, shell = CLIENTS["checkpoint-web"], CLIENTS["checkpoint-shell"]
    assert people["attributes"]["pkce.code.challenge.method"] == "S256"
    assert people["standardFlowEnabled"]
    assert not people["directAccessGrantsEnabled"]
    assert not any("*" in uri for uri in people["redirectUris"])
    assert shell["directAccessGrantsEnabled"]
    assert not shell["standardFlowEnabled"]
    assert "trial only" in shell["name"]


def test_the_realm_knows_the_roles_that_tokens_may_carry_and_nobody_sets_their_own():
    [provider] = REALM["components"]["org.keycloak.userprofile.UserProfileProvider"]
    [text] = provider["config"]["kc.user.profile.config"]
    profile = {attribute["name"]: attribute for attribute in json.loads(text)["attributes"]}
    options = profile["checkpoint_role"]["validations"]["options"]["options"]
    assert options == [role.value for role in TOKEN_ROLES]
    ranks = profile["checkpoint_rank"]["validations"]["options"]["options"]
    assert ranks == [rank.value for rank in Rank]
    for name in (
        *("checkpoint_role", "checkpoint_suites", "checkpoint_rank"),
        "checkpoint_organization",
    ):
        assert profile[name]["permissions"]["edit"] == ["admin"]
    assert not REALM["registrationAllowed"]


def test_there_is_one_made_up_person_for_each_role():
    users = REALM["users"]
    assert [user["attributes"]["checkpoint_role"] for user in users] == [[r] for r in TOKEN_ROLES]
    assert [user["username"] for user in users] == list(TOKEN_ROLES)
    # The ledger knows people by this: without it, each new container would make them strangers.
    assert len({user["id"] for user in users}) == len(users)
    assert all(user["email"].endswith(".example") for user in users)
    with (ROOT / "src/checkpoint/custody/reference/suites.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    suites = {suite for user in users for suite in user["attributes"].get("checkpoint_suites", [])}
    assert suites
    assert suites <= codes


def test_a_password_alone_never_counts_as_a_strong_login():
    # Keycloak says "1" after a password; the doors in STRONG want more, in the trial too.
    assert STRONG
    assert "1" not in DEFAULTS["strong_acr"]
    assert "CHECKPOINT_STRONG_ACR" not in COMPOSE
    assert not any("acr.loa.map" in client["attributes"] for client in CLIENTS.values())
