"""Print how good headlines are: `python -m evals.headlines`."""

import json

from evals import headlines

if __name__ == "__main__":
    print(json.dumps(headlines.score()))
