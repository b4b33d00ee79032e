#!/usr/bin/env bash
# 在断网机器上安装或升级：./install.sh [安装目录]
# 需要 Python 3.11（与软件包同版本），不需要网络，不需要管理员权限。
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
target="${1:-$HOME/shuniu}"
python="${PYTHON:-python3}"

"$python" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || {
  echo "需要 Python 3.11 或更新版本；可用 PYTHON=/路径/python3.11 ./install.sh 指定" >&2; exit 1; }
mkdir -p "$target"
[ -x "$target/.venv/bin/python" ] || "$python" -m venv "$target/.venv"
echo "正在安装（不使用网络）……"
extra=""
! compgen -G "$here/wheels/rapidocr-*" >/dev/null || extra="[ocr]"
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$here/wheels" --upgrade "shuniu$extra"
if [ -f "$target/home/index.sqlite" ]; then
  echo "发现已有知识库，先备份再升级……"
  "$target/.venv/bin/kb" --home "$target/home" migrate
fi
rm -rf "$target/program.new"
cp -R "$here/program" "$target/program.new"
rm -rf "$target/program.old"
[ ! -e "$target/program" ] || mv "$target/program" "$target/program.old"
mv "$target/program.new" "$target/program"
rm -rf "$target/program.old"
cat > "$target/kb" <<WRAPPER
#!/usr/bin/env bash
export KB_HOME="\${KB_HOME:-$target/home}" KB_PROGRAM="$target/program"
exec "$target/.venv/bin/kb" "\$@"
WRAPPER
chmod +x "$target/kb"
echo "已安装到 $target"
echo "  入库：$target/kb index 文件夹"
echo "  网页：$target/kb serve"
echo "  示范：$target/kb demo --corpus $target/program/corpus"
