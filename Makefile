# Two commands do everything: `make demo` and `make test`. Each begins with `make setup`.
# `kb` can do the same without make (see README); on Windows use demo.cmd.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= .kb

.PHONY: help setup setup-dev demo serve test lint types unit soak bundle clean

help:
	@echo "make demo    安装，入库 corpus/，打开网页"
	@echo "make test    安装，运行全部检查与测试"
	@echo "make soak    长时测试（故障、模糊、断网安装）"
	@echo "make bundle  做成可在断网机器上安装的文件夹"

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新版本；可用 make PYTHON=/路径/python3.11 指定" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "这个 Python 缺少 venv；Debian 上请安装 python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# torch first and by itself: pinned, so that nothing pulls another build of it in.
$(VENV)/.ready: pyproject.toml | $(VENV)/.python
	@echo "正在安装程序所需的软件包（首次约需数分钟）……"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check torch==2.13.0
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@echo "正在安装测试所需的软件包……"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: setup
	@$(BIN)/kb --home $(HOME_DIR) demo

serve: setup
	@$(BIN)/kb --home $(HOME_DIR) serve

test: setup-dev
	@$(BIN)/kb doctor --environment
	@$(MAKE) --no-print-directory lint types unit

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types:
	@$(BIN)/mypy

unit:
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not soak"

soak: setup-dev
	@$(BIN)/python -m pytest -m soak

bundle: setup
	@$(BIN)/kb bundle --out bundle

clean:
	rm -rf $(VENV) build *.egg-info
