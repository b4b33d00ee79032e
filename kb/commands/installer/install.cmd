@echo off
rem 在断网的 Windows 机器上安装或升级：install.cmd [安装目录]
rem 本脚本未在 Windows 上试过（marked as untried）；出错时请把屏幕文字发给维护者。
setlocal
chcp 65001 >nul
set "HERE=%~dp0"
set "TARGET=%~1"
if "%TARGET%"=="" set "TARGET=%LOCALAPPDATA%\shuniu"
if not exist "%TARGET%" mkdir "%TARGET%"
if not exist "%TARGET%\.venv\Scripts\python.exe" py -3 -m venv "%TARGET%\.venv" || exit /b 1
set "EXTRA="
if exist "%HERE%wheels\rapidocr-*" set "EXTRA=[ocr]"
"%TARGET%\.venv\Scripts\python.exe" -m pip install --quiet --no-index --find-links "%HERE%wheels" --upgrade "shuniu%EXTRA%" || exit /b 1
if exist "%TARGET%\home\index.sqlite" "%TARGET%\.venv\Scripts\kb.exe" --home "%TARGET%\home" migrate || exit /b 1
if exist "%TARGET%\program" rmdir /s /q "%TARGET%\program"
xcopy /e /i /q "%HERE%program" "%TARGET%\program" >nul || exit /b 1
> "%TARGET%\kb.cmd" echo @set KB_HOME=%TARGET%\home
>> "%TARGET%\kb.cmd" echo @set KB_PROGRAM=%TARGET%\program
>> "%TARGET%\kb.cmd" echo @"%TARGET%\.venv\Scripts\kb.exe" %%*
echo 已安装到 %TARGET%，用 %TARGET%\kb.cmd demo --corpus %TARGET%\program\corpus 试用
