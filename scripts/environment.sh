# Sourced by scripts/demo and scripts/test, never run: makes .venv in the checkout and puts it first.
# Needs Python 3.11 or newer and, the first time, the network; later nothing, not even uv.
#
#   source scripts/environment.sh
#   anpr_environment        # what the hub needs to run
#   anpr_environment dev    # and what its tests need
# shellcheck shell=bash

_anpr_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

_anpr_say() { printf '%s\n' "$*" >&2; }

# The first Python that runs (a pyenv shim may stand in PATH and still refuse) and is new enough.
_anpr_python() {
  local name
  for name in python3.11 python3 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      "$name" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  _anpr_say "ANPR Hub needs Python 3.11 or newer and found none in PATH. Install it, then run this again."
  return 1
}

# uv from PATH, or our own under .tools. Debian's Python may come without venv, so pip alone will do.
_anpr_uv() {
  local python="$1" own="$_anpr_root/.tools/uv"
  if command -v uv >/dev/null 2>&1; then
    command -v uv
    return
  fi
  if [ ! -x "$own/bin/uv" ]; then
    _anpr_say "Fetching uv into .tools (once)."
    rm -rf "$own"
    if "$python" -m venv "$own" >/dev/null 2>&1; then
      "$own/bin/python" -m pip install --quiet --disable-pip-version-check uv >&2
    elif ! "$python" -m pip install --quiet --disable-pip-version-check --target "$own" uv >&2; then
      _anpr_say "Neither venv nor pip of $python could fetch uv. Install uv or python3-venv, then run this again."
      return 1
    fi
  fi
  printf '%s\n' "$own/bin/uv"
}

# What an environment was made from; one that was made from the same is left alone.
_anpr_recipe() {
  "$1" - "$_anpr_root" <<'PYTHON'
import hashlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
print(hashlib.sha256(b"".join((root / n).read_bytes() for n in ("uv.lock", "pyproject.toml"))
                     + str(root).encode() + sys.version.encode()).hexdigest())
PYTHON
}

anpr_environment() {
  local kind="${1:-run}" venv="$_anpr_root/.venv" python uv recipe
  local stamp="$venv/.anpr-$kind" wanted=(--frozen)
  [ "$kind" = dev ] || wanted+=(--no-dev)
  unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
  python="$(_anpr_python)" || return 1
  recipe="$(_anpr_recipe "$python")" || return 1
  # A development environment holds all that a run needs; syncing it down would take the tests away.
  if [ "$(cat "$stamp" "$venv/.anpr-dev" 2>/dev/null | grep -cxF "$recipe")" = 0 ]; then
    uv="$(_anpr_uv "$python")" || return 1
    _anpr_say "Setting up .venv (once; a minute or two)."
    rm -f "$venv"/.anpr-*
    UV_PROJECT_ENVIRONMENT="$venv" UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 \
      "$uv" sync --quiet --project "$_anpr_root" "${wanted[@]}" || {
      _anpr_say "The packages could not be fetched; the lines above say why. Nothing was started."
      return 1
    }
    printf '%s\n' "$recipe" >"$stamp"
  fi
  export VIRTUAL_ENV="$venv" PATH="$venv/bin:$PATH"
}
