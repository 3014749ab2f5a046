"""Print how well origins are told apart: `python -m evals.origins`."""

import json

from evals import origins

if __name__ == "__main__":
    print(json.dumps(origins.score()))
