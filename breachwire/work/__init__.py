"""Work that many machines share, on one PostgreSQL: the same steps as in one process, as jobs.

`chores` says what is to be done by whom and calls the pipeline for it, `plan` what is due, `lead`
who alone may (one planner, one threader), `queue` is the library that holds the jobs and runs them,
`worker` puts a process together.
"""
