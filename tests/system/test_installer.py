"""The generated installer: a POSIX shell script that says what it would do, and carries an enrolment token only."""

import re
import shutil
import subprocess

import pytest

from support import credentials
from support.programs import environment, program


@pytest.fixture(scope="module", name="script")
def written(fleet):
    org = fleet.setup("Acme Corp", "acme")
    org.add_host("neighbour")
    out = fleet.root / "installers"
    out.mkdir()
    fleet.cli("installer", "acme", "-o", out)
    path = out / f"install-agent-{org.id[:8]}.sh"
    assert path.exists(), list(out.iterdir())
    return org, path


def run_script(path, *arguments, shell="sh"):
    return subprocess.run([shell, str(path), *arguments], text=True, capture_output=True, timeout=60,
                          env=environment(), check=False)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_no_fault(script):
    _, path = script
    done = subprocess.run(["shellcheck", "--shell=sh", str(path)], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_is_for_its_owner_only_and_holds_a_token_only(script):
    org, path = script
    text = path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert credentials.enrollment_token(org.key, org.id, 1) in text
    assert org.password("neighbour") not in text
    assert org.config["server"]["api_key"] not in text
    assert org.config["server"]["api_key"].removeprefix("afk_") not in text


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_dry_run_says_what_it_would_do_and_does_nothing(script, shell):
    org, path = script
    done = run_script(path, "--dry-run", "--agent", program("atlas-agent"), shell=shell)
    assert done.returncode == 0, done.stderr
    assert org.id in done.stdout
    assert "systemd" in done.stdout or ".service" in done.stdout
    assert "aft_" not in done.stdout + done.stderr
    unit = re.search(r"\S+\.service", done.stdout).group(0)
    assert org.id in unit or org.id[:8] in unit
    assert not shutil.which("systemctl") or subprocess.run(
        ["systemctl", "cat", unit], capture_output=True, check=False).returncode != 0


def test_dry_run_of_the_uninstall_too(script):
    org, path = script
    done = run_script(path, "--uninstall", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert org.id in done.stdout or org.id[:8] in done.stdout


def test_help_and_unknown_flags(script):
    _, path = script
    assert run_script(path, "--help").returncode == 0
    done = run_script(path, "--frobnicate")
    assert done.returncode == 2
    assert "--frobnicate" in done.stderr


def test_the_mac_part_names_its_launch_agent_after_the_organisation(script):
    org, path = script
    assert f"com.atlas.fleet.agent.{org.id}" in path.read_text() or "com.atlas.fleet.agent." in path.read_text()
