"""Set up Zhiyan on this computer and open it, or run all its checks.

    python3 packaging/bootstrap.py         set up, make the demo, open the window on it
    python3 packaging/bootstrap.py test    set up, run every check and test

Needs Python 3.11 or later and nothing else. This file keeps to the grammar of old Pythons so that
they can say so; the files beside it do not.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the reason why this file exists apart
    sys.stderr.write(f"Zhiyan needs Python 3.11 or later; {sys.executable} is older.\n")
    sys.exit(2)

import os
import shutil
import subprocess
from pathlib import Path

# PYTHONSAFEPATH would leave the folder of the script out.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import bootstrap_console as console
import bootstrap_system as system
import bootstrap_venv as venv

ROOT = Path(__file__).resolve().parents[1]
DEMO_FILES = ("demo.zhiyan", "report.pdf", "questionnaire.pdf")
DEMO_PASSPHRASE = "zhiyan-demo"  # noqa: S105 - printed on purpose: the demo protects nobody

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CHECKS = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy")),
    ("lint-imports", ("-c", LINT_IMPORTS)),
    ("catalogues", ("packaging/catalogue.py", "missing")),
    ("pytest", ("-m", "pytest")),
)
STREAMED = ("pytest",)


def prepare():
    """Bring system and environment in order; return the environment and what is still missing."""
    environment = venv.Environment(ROOT)
    missing = system.provide()
    if venv.state(environment) != venv.READY and not system.can_make_environments():
        raise venv.SetupError(
            console.choose(
                f"This Python cannot make environments (venv, ensurepip): {sys.executable}",
                f"此 Python 无法创建运行环境（缺少 venv、ensurepip）：{sys.executable}",
            )
        )
    venv.set_up(environment)
    return environment, missing


def run_checks(environment, checks=CHECKS):
    """Run every check, whatever the others say; return the exit code."""
    inherited = venv.child_environment({"QT_QPA_PLATFORM": "offscreen"})
    variables = {key: inherited[key] for key in inherited if not key.startswith("ZHIYAN_")}
    failed = []
    for name, arguments in checks:
        step = console.Step(name, talks=name in STREAMED)
        result = subprocess.run(
            [str(environment.python), *arguments],
            cwd=str(ROOT),
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=None if name in STREAMED else subprocess.PIPE,
            stderr=None if name in STREAMED else subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        step.end(passed=result.returncode == 0)
        if result.returncode != 0:
            failed.append(name)
            if result.stdout:
                print(result.stdout, flush=True)
    if failed:
        print(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}", flush=True)
    else:
        print(f"all {len(checks)} checks passed", flush=True)
    return 1 if failed else 0


def make_demo(environment, folder, variables):
    """Make the demo files that are not there yet; existing ones stay as the user left them."""
    if all((folder / name).exists() for name in DEMO_FILES):
        return
    # Made beside their place and moved when complete, so that a broken-off run leaves no half demo.
    fresh = folder / "unfinished"
    shutil.rmtree(str(fresh), ignore_errors=True)
    fresh.mkdir(parents=True)
    step = console.Step(console.choose("demo survey", "生成演示调查"), talks=True)
    command = [str(environment.python), "-m", "analysis", "demo", str(fresh)]
    code = subprocess.call(command, cwd=str(ROOT), env=variables, stdin=subprocess.DEVNULL)
    made = code == 0 and all((fresh / name).exists() for name in DEMO_FILES)
    step.end(passed=made)
    if not made:
        raise venv.SetupError(console.choose("The demo could not be made.", "未能生成演示文件。"))
    for name in DEMO_FILES:
        if not (folder / name).exists():
            (fresh / name).replace(folder / name)
    shutil.rmtree(str(fresh))


def open_window(environment, file, variables):
    """Open the window on a project and wait until it is closed; return the exit code."""
    console.say("Opening the window ...", "正在打开窗口……")
    command = [str(environment.python), "-m", "gui", "app", str(file)]
    return subprocess.call(command, cwd=str(ROOT), env=variables, stdin=subprocess.DEVNULL)


def start():
    """Set up, make the demo and open it; return the exit code."""
    environment, missing = prepare()
    passphrase = os.environ.get("ZHIYAN_PASSPHRASE")
    variables = venv.child_environment({"ZHIYAN_PASSPHRASE": passphrase or DEMO_PASSPHRASE})
    folder = ROOT / "demo"
    make_demo(environment, folder, variables)
    said = "ZHIYAN_PASSPHRASE" if passphrase else DEMO_PASSPHRASE
    console.say(f"Demo: {folder} (passphrase: {said})", f"演示文件：{folder}（口令：{said}）")
    if not system.has_display(os.environ):
        console.say(
            "There is no screen here, so no window is opened.", "此处没有可用的显示器，不打开窗口。"
        )
        return 0
    code = open_window(environment, folder / DEMO_FILES[0], variables)
    if code != 0 and missing:
        console.say(
            f"The window did not open. Still missing: {missing}",
            f"窗口未能打开。仍然缺少：{missing}",
        )
    return 1 if code else 0


def test():
    """Set up and run every check; return the exit code."""
    environment, _missing = prepare()
    return run_checks(environment)


def main(arguments):
    """Run one of the two commands; return the exit code."""
    console.prepare_streams()
    commands = {(): start, ("test",): test}
    command = commands.get(tuple(arguments))
    if command is None:
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        return command()
    except venv.SetupError as error:
        print(error, flush=True)
        return 1
    except KeyboardInterrupt:
        console.say("\nStopped. Run it again at any time.", "\n已中止。随时可以重新运行。")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
