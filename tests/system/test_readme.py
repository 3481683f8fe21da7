"""The commands of README.md and the recipe of topics.md, as they stand there."""

import re
import shlex
import socket

from support.deadline import wait_until
from support.fleet import Fleet, Org, free_port
from support.programs import BUILD, REPOSITORY, run

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def commands(heading):
    """The lines of the code blocks below a heading, in order."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", README, re.M | re.S).group(1)
    return [line[4:] for line in section.splitlines() if line.startswith("    ")]


def test_every_file_that_the_readme_names_is_there():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    missing = [link for link in links if not (REPOSITORY / link).exists()]
    assert len(links) > 5 and not missing, missing


def test_every_script_that_the_readme_names_tells_what_it_does():
    for script in sorted(set(re.findall(r"\./scripts/[\w-]+(?:\.sh)?", README))):
        done = run([REPOSITORY / script, "--help"])
        assert done.returncode == 0 and "usage" in done.stdout.lower(), f"{script}: {done.stdout}{done.stderr}"


def test_five_minutes_to_a_real_fleet():
    """Each command that the section shows, on this root and on free ports instead of the standard ones."""
    with Fleet() as fleet:
        work = fleet.root / "work"
        work.mkdir()
        hostname = socket.gethostname().split(".")[0]
        seen = []
        for line in commands("Five minutes to a real fleet"):
            words = shlex.split(line.replace('$(hostname -s)', hostname))
            if words[0].startswith("./scripts/") or words[0] == "export":
                continue
            seen.append(" ".join(words[:2]))
            path = f"{BUILD / 'bin'}:/usr/bin:/bin:/usr/sbin:/sbin"
            extra = {"ATLAS_FLEET_ROOT": str(fleet.root), "PATH": path}
            command = ["sh", "-c", f'cd "{work}" && exec "$@"', "sh", *words]
            if words[1] == "setup":
                done = run([*command, "--yes", "--port", free_port(), "--broker-url",
                            f"mqtts://localhost:{fleet.broker_port}"], **extra)
                assert done.returncode == 0 and "password" in done.stdout, done.stdout + done.stderr
            elif words[1] == "up":
                fleet.start(command, name="up", **extra)
                fleet.wait_broker()
            elif words[0] == "atlas-agent":
                fleet.start(command, name="agent", **extra)
            else:
                done = run(command, **extra)
                assert done.returncode == 0, done.stdout + done.stderr
        assert seen == ["atlas-fleet setup", "atlas-fleet up", "atlas-fleet agent-config", "atlas-agent --config",
                        "atlas-fleet installer"], seen
        acme = Org(fleet, "acme-corp")
        wait_until(acme.ready, 20, "the service is ready", fleet.tails)
        fleet.wait_online(acme, hostname)
        assert list(work.glob("install-agent-*.sh"))


def test_the_password_recipe_of_topics_md_gives_its_test_vector():
    text = (REPOSITORY / "topics.md").read_text(encoding="utf-8")
    recipe = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    done = run(["/usr/bin/python3", "-I", "-c", recipe])
    assert done.stdout.strip() == "r2vfKV8wRJ-4kIMT3EowXNFNWZ1UWhEIgxDF7x_xsSM", done.stdout + done.stderr
