#!/bin/bash
# Makes an archive from which the platform is installed where there is no network.
#
#   make bundle        builds the pages first, then runs this
#
# For machines with this system, processor and Python: the wheels in it are theirs.

set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
[ -f platform/web/static/index.html ] || { echo "The pages are not built: run make setup." >&2; exit 1; }

version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
system=$("$python" -c 'import platform, sys; print(f"{platform.system()}-{platform.machine()}-py{sys.version_info[0]}{sys.version_info[1]}".lower())')
name=jiceng-$version-$system
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
into=$work/$name
mkdir -p "$into/wheels" dist

"$python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    --dest "$into/wheels" --requirement deploy/requirements.lock
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$into/wheels" .
cp deploy/requirements.lock "$into/requirements.lock"
cp deploy/bundle/install.sh README.md README.zh-CN.md "$into/"
cp -r docs deploy/roles.sql deploy/systemd deploy/nginx deploy/jiceng.env.example "$into/"
(cd "$into" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)

tar --create --gzip --file "dist/$name.tar.gz" --owner=0 --group=0 --numeric-owner --sort=name -C "$work" "$name"
(cd dist && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
du -h "dist/$name.tar.gz"
