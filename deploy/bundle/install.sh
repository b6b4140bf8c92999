#!/bin/bash
# Installs the platform from the directory this file lies in, without a network.
#
#   ./install.sh [DIRECTORY]        /opt/jiceng by default; PYTHON names a Python 3.11 or newer
#
# Run again from a newer archive, it upgrades the program in place; data lies elsewhere and is not touched.

set -euo pipefail
cd "$(dirname "$0")"
target=${1:-/opt/jiceng}
python=${PYTHON:-$(command -v python3.11 || command -v python3)}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "Python 3.11 or newer is needed; set PYTHON." >&2; exit 1; }
sha256sum --check --quiet SHA256SUMS || { echo "The archive is damaged: copy it again." >&2; exit 1; }

[ -x "$target/bin/python" ] || "$python" -m venv "$target"
pip=("$target/bin/python" -m pip --quiet --disable-pip-version-check install --no-index --find-links wheels)
"${pip[@]}" --require-hashes --requirement requirements.lock
"${pip[@]}" --no-deps --force-reinstall wheels/jiceng-*.whl
"$target/bin/jiceng" --version
echo "Next: $target/bin/jiceng doctor, then docs/operations.md."
