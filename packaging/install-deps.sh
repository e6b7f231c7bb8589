#!/usr/bin/env bash
# Installs the Debian 12 packages that a build needs; with --test also what the tests and the second compiler need.
# Asks apt for nothing when all of them are there.
set -euo pipefail

packages=(
  meson ninja-build g++ ccache pkg-config python3 curl ca-certificates tzdata
  libbotan-2-dev libcpp-httplib-dev libssl-dev rapidjson-dev libcli11-dev libtomlplusplus-dev
  libyaml-dev libre2-dev libhowardhinnant-date-dev libhiredis-dev zlib1g-dev
)
test_packages=(doctest-dev clang libclang-rt-14-dev clang-format openssl mandoc zsh fish redis-server python3-jsonschema)

case "${1:-}" in
  '') ;;
  --test) packages+=("${test_packages[@]}") ;;
  *)
    echo "usage: $0 [--test]" >&2
    exit 2
    ;;
esac

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  if [[ $status != installed ]]; then missing+=("$package"); fi
done
if ((${#missing[@]} == 0)); then
  echo "packages: all ${#packages[@]} are installed"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "these packages are missing, and installing them needs root or sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "packages: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1; }
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  tail -n 30 "$log" >&2
  exit 1
fi
