@echo off
rem `make demo` for Windows: sets up, indexes corpus\, serves the page. Untried on Windows so far.
setlocal
chcp 65001 >nul
cd /d "%~dp0"
if not exist .venv\Scripts\python.exe py -3 -m venv .venv || exit /b 1
if not exist .venv\.ready (
  .venv\Scripts\python.exe -m pip install --quiet torch==2.13.0 || exit /b 1
  .venv\Scripts\python.exe -m pip install --quiet --editable . || exit /b 1
  type nul > .venv\.ready
)
.venv\Scripts\kb.exe demo
