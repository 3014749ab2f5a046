"""Every quality figure, one after the other: `python -m evals` (a quarter of an hour on two cores,
half of it for the order of arrival)."""

import runpy

for module in (
    "evals.windows",
    "evals.kinds",
    "evals.order",
    "evals.feeds",
    "evals.extraction",
    "evals.origins",
    "evals.headlines",
    "evals.statuses",
    "evals.casie",
):
    print(f"# {module}", flush=True)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
