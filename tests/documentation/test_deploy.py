"""What is deployed, as far as it can be checked without a container engine: parsed, compared, its steps carried out."""

import ast
import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.cli.main import COMMANDS
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/broadsheet.service").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def steps(name: str) -> list[str]:
    """The instructions of that name, with lines that go on put together."""
    whole = re.sub(r"\\\n\s*", "", DOCKERFILE)
    return re.findall(rf"^{name} (.*)$", whole, re.MULTILINE)


def copied() -> set[str]:
    """What is copied from the project into the image."""
    return {path for step in steps("COPY") if not step.startswith("--from") for path in step.split()[:-1]}


def test_the_image_gets_all_that_the_package_is_built_from() -> None:
    """Packages, readme, licence, and the configuration that `init` begins with; and each is there."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], PROJECT["project"]["readme"], "LICENSE", "pyproject.toml"}

    assert needed <= copied()
    assert all((ROOT / path).exists() for path in copied())


def test_what_belongs_to_its_owner_is_neither_tracked_nor_packed() -> None:
    """The configuration that `init` writes, secrets and databases; the template lies in the package."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    targets = PROJECT["tool"]["hatch"]["build"]["targets"]

    assert {"/config.toml", "/.env", "/*.db", "/public/"} <= set(ignored)
    assert "/config.toml" in targets["sdist"]["exclude"]
    assert "force-include" not in targets["wheel"]
    assert "/config.toml*" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert (ROOT / "bot/setup/config.toml").is_file()


def test_what_is_not_sent_to_the_engine_is_not_needed_there() -> None:
    """No secret, no database, no test gets into an image; nothing that is copied is left out."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert {".env", ".git", "*.db*"} <= set(ignored)
    assert not copied() & set(ignored)


def test_the_image_runs_without_rights_on_a_volume() -> None:
    """A user of its own before anything runs; data in a volume; health from a command that exists; SIGTERM ends it."""
    assert steps("USER")[-1] not in ("root", "0")
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nENTRYPOINT ")
    assert steps("VOLUME") == ["/data"]
    assert steps("STOPSIGNAL") == ["SIGTERM"]
    health = ast.literal_eval(steps("HEALTHCHECK")[0].partition("CMD ")[2])
    run = ast.literal_eval(steps("CMD")[0])
    assert health[0] == ast.literal_eval(steps("ENTRYPOINT")[0])[0] == "broadsheet"
    assert {health[1], *run} <= set(COMMANDS)
    assert "BROADSHEET_CONFIG=/data/config.toml" in steps("ENV")[0]


def test_the_image_has_the_python_that_is_asked_for() -> None:
    wanted = PROJECT["project"]["requires-python"].removeprefix(">=")

    assert all(image.startswith(f"python:{wanted}-") for image in steps("FROM"))


def test_the_compose_file_starts_what_the_image_has() -> None:
    """The bot alone by default, a cluster with the profile; the bot's data in a volume; secrets reach no scheduler."""
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    alone = [name for name, service in services.items() if "profiles" not in service]

    assert alone == ["bot"]
    assert {tuple(s["profiles"]) for name, s in services.items() if name != "bot"} == {("dask",)}
    for service in services.values():
        build = service["build"]
        assert (ROOT / "deploy" / build["context"] / build["dockerfile"]).exists()
        assert "env_file" not in service or service is services["bot"]
        assert "ports" not in service
    kept = [v.partition(":") for v in services["bot"]["volumes"] if v.endswith(":/data")]
    assert kept
    assert kept[0][0] in volumes


def unit() -> configparser.RawConfigParser:
    parsed = configparser.RawConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(UNIT)
    return parsed


def test_the_unit_runs_commands_that_exist_without_rights() -> None:
    service = unit()["Service"]

    for key in ("ExecStart", "ExecStartPre"):
        assert service[key].split()[-1] in COMMANDS
    assert service["User"] != "root"
    for key in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "LockPersonality"):
        assert service[key] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["Environment"].endswith(f"{service['StateDirectory']}/config.toml")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Every key and value; the application is put where the unit looks for it."""
    command = shutil.which("true")
    file = tmp_path / "broadsheet.service"
    file.write_text(UNIT.replace("/opt/broadsheet/bin/broadsheet", str(command)), encoding="utf-8")
    told = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True)

    assert [line for line in told.stderr.splitlines() if "broadsheet.service" in line] == []


@pytest.mark.slow
def test_the_first_steps_of_an_installation(tmp_path: Path) -> None:
    """What the image's user does on an empty volume: set up by script, check, back up; health says it does not run."""
    tool = Path(sys.executable).parent / "broadsheet"
    config = tmp_path / "config.toml"
    base = "http://127.0.0.1:9"  # nobody listens: an installation is set up without the network too
    config.write_text(
        f'[arxiv]\nrss_url = "{base}/rss"\napi_url = "{base}/api"\npdf_url = "{base}/pdf"\nmin_interval = 0.0\n',
        encoding="utf-8",
    )

    def run(*arguments: str) -> tuple[int, str]:
        environ = {"BROADSHEET_CONFIG": str(config), "PATH": "/usr/bin:/bin"}
        ended = subprocess.run(
            [str(tool), *arguments], cwd=tmp_path, env=environ, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        return ended.returncode, ended.stdout + ended.stderr

    given = ("--category", "cs.RO", "--keyword", "vla", "--language", "en", "--at", "09:00", "--timezone", "UTC")
    for arguments, code in (
        (("init", "--no-input", *given), 0),
        (("check-config",), 0),
        (("keywords", "list"), 0),
        (("status", "--check"), 1),
        (("backup", "b.db"), 0),
        (("restore", "b.db"), 0),
        (("keywords", "list"), 0),
    ):
        ended, said = run(*arguments)
        assert ended == code, f"{arguments}: {said}"
