#!/usr/bin/env bash
# Installs what is needed, builds, runs every test. The last line says how many passed and failed.
#   tests/run.sh [--compiler g++|clang++] [--sanitize]
# --sanitize builds with AddressSanitizer and UndefinedBehaviorSanitizer.
set -euo pipefail
cd "$(dirname "$0")/.."

compiler=g++
sanitize=no
while (($#)); do
  case $1 in
    --compiler)
      compiler=${2:-}
      shift
      ;;
    --sanitize) sanitize=yes ;;
    *) compiler='' ;;
  esac
  if [[ $compiler != g++ && $compiler != clang++ ]]; then
    echo "usage: tests/run.sh [--compiler g++|clang++] [--sanitize]" >&2
    exit 2
  fi
  shift
done

packaging/install-deps.sh --test

build=build
options=(-Dtests=true)
if [[ $compiler == clang++ ]]; then build+=-clang; fi
if [[ $sanitize == yes ]]; then
  build+=-sanitize
  options+=(-Db_sanitize=address,undefined -Db_lundef=false -Dcpp_args=-g1)
  export ASAN_OPTIONS=halt_on_error=1:detect_stack_use_after_return=1
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
fi
# The distribution's own meson: one found earlier on the path may belong to another python.
meson=meson
if [[ -x /usr/bin/meson ]]; then meson=/usr/bin/meson; fi
export CXX=$compiler
if command -v ccache >/dev/null; then CXX="ccache $compiler"; fi

# What a log is read for, without the paths and the environment of the machine it ran on.
tidy() { sed -u -e "s|$PWD/||g" -e "s|$PWD|.|g" -e '/^>>> /d'; }
if [[ ! -f $build/build.ninja ]]; then
  "$meson" setup "$build" --buildtype=debugoptimized "${options[@]}" 2>&1 | tidy
fi
ninja -C "$build"

log=$build/meson-logs/testlog.json
rm -f "$log"
status=0
"$meson" test -C "$build" --no-rebuild --print-errorlogs 2>&1 | tidy || status=$?
python3 - "$log" "$status" <<'PY'
import json, sys

log, status = sys.argv[1], int(sys.argv[2])
results = {}
try:
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            test = json.loads(line)
            results[test["name"]] = test["result"]
except OSError:
    pass  # meson ran nothing: counted as a failure below
skipped = sorted(name for name, result in results.items() if result == "SKIP")
passed = sum(result in ("OK", "EXPECTEDFAIL") for result in results.values())
failed = len(results) - passed - len(skipped)
if failed == 0 and (status != 0 or passed == 0):
    failed = 1
if skipped:
    print("skipped:", ", ".join(skipped))
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
PY
