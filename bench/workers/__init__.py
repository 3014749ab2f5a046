"""Workers on one PostgreSQL, measured and killed: recorded news on a host an outlet, on localhost.

python -m bench.workers ../shared/replay/replay.py --workers 1 2 4     throughput
python -m bench.workers.kills ../shared/replay/replay.py --kills 20    a month, disturbed and not
"""
