"""Work that many machines share, on one PostgreSQL: the same steps as in one process, as jobs.

`chore` is one thing to do, `chores` are all, which call the pipeline, `plan` what is due, `lead`
who alone may (one planner, one threader), `queue` is the library that holds the jobs and runs them,
`worker` puts a process together.
"""
