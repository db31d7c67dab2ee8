"""The same jobs in R, where R is there, to be read beside bench_factor.py and bench_scales.py.

Not collected by a plain test run: ``python -m pytest tests/benchmarks/bench_peers.py``. Needs
``Rscript`` with psych and lavaan; each job is timed inside R, once, without starting R or reading
the data, and the time is printed with the benchmark (``inside_r``).
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.benchmarks.bench_factor import answers

pytestmark = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")

JOBS = {
    "psych polychoric, 60 items": (60, "psych", "psych::polychoric(d, correct = 0)"),
    "lavaan lavCor, 60 items": (
        60,
        "lavaan",
        "lavaan::lavCor(d, ordered = names(d), missing = 'pairwise')",
    ),
    "psych fa minres oblimin, 120 items, 10 factors": (
        120,
        "psych",
        "psych::fa(cor(d, use = 'pairwise'), 10, n.obs = nrow(d), rotate = 'oblimin')",
    ),
    "psych alpha, 60 items": (60, "psych", "psych::alpha(d)"),
    "psych parallel analysis, Pearson, 60 items, 100 sets": (
        60,
        "psych",
        "psych::fa.parallel(d, n.iter = 100, plot = FALSE)",
    ),
}

SCRIPT = """
options(mc.cores = 2)
d <- read.csv(commandArgs(TRUE)[1])
suppressPackageStartupMessages(library({package}))
if ("{package}" == "lavaan") d[] <- lapply(d, ordered)
cat("SECONDS", system.time(invisible(capture.output(x <- suppressWarnings({call}))))[["elapsed"]])
"""


@pytest.mark.parametrize("job", JOBS)
def test_in_r(benchmark, job, tmp_path):
    """How long R needs for a job."""
    p, package, call = JOBS[job]
    data = tmp_path / "data.csv"
    answers(p=p).to_csv(data, index=False)
    script = tmp_path / "job.R"
    script.write_text(SCRIPT.format(package=package, call=call), encoding="utf-8")
    seconds = []

    def run() -> None:
        done = subprocess.run(
            ["Rscript", str(script), str(data)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(tmp_path),
        )
        seconds.append(float(done.stdout.split("SECONDS")[-1]))

    benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["inside_r"] = seconds[-1]
    print(f"{job}: {seconds[-1]:.2f} s inside R")
