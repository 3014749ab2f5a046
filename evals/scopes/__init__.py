"""No route does more than its scope: every route, every scope, and what was written.

`routes` says which there are and what each needs; `acts` what an editor sends so that it is done;
`check` sends all of it with every kind of token and looks at the store's tables. Run by the suite
(`tests/api/test_api_scopes.py`) in one process and by `evals.contract` against a real server, where
schemathesis then makes up the requests.
"""
