"""Every quality figure, one after the other: `python -m evals` (some minutes on two cores)."""

import runpy

for module in (
    "evals.windows",
    "evals.feeds",
    "evals.extraction",
    "evals.origins",
    "evals.headlines",
    "evals.statuses",
    "evals.casie",
):
    print(f"# {module}", flush=True)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
