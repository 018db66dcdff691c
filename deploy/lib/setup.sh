# shellcheck shell=bash
# Shared by deploy/quickstart.sh, tests/run and .ci/run; to be sourced by bash, never run.
#
#   say TEXT…                     one line for the reader
#   step TITLE COMMAND…           runs a command that must succeed: numbered, timed, its output in a
#                                 log of its own; on failure says where and ends the program
#   check TITLE COMMAND…          the same, but a failure is counted and the program goes on
#   fail TEXT…                    ends the program with exit code 1
#   progress TEXT…                for use inside a step: reaches the reader, not the log
#   install_packages GROUP…       Debian packages of deploy/packages.txt that are not there yet
#   configure_and_build PRESET [TARGET…]
#                                 a preset of CMakePresets.json; without a target: everything
#   with_progress COMMAND…        for use inside a step: shows how far ninja, ctest or apt-get has come
#
# Read: LF_ROOT (the source tree, set here), LF_LOG_DIR (may be set before; default build/logs),
# LF_JOBS (may be set before; default: processors, fewer where memory is short).
# Written: LF_CHECKS_PASSED, LF_CHECKS_FAILED (by check), LF_FAILED_CHECKS (their titles).

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  echo "setup.sh is sourced by other scripts and does nothing of its own" >&2
  exit 2
fi

LF_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
LF_LOG_DIR="${LF_LOG_DIR:-${LF_ROOT}/build/logs}"
LF_STEP=0
LF_CHECKS_PASSED=0
LF_CHECKS_FAILED=0
LF_FAILED_CHECKS=()
LF_TAIL_LINES=30

# The reader's channel: inside a step the standard output is the log. A script of ours that runs inside
# the step of another one speaks on the same channel. A program that is left running must not hold
# it (`command {LF_READER}>&- &`), or whoever reads our output waits for that program's end.
if [[ -z "${LF_READER:-}" || ! -e "/proc/self/fd/${LF_READER}" ]]; then
  exec {LF_READER}>&1
  if [[ -t 1 ]]; then LF_TERMINAL=1; else LF_TERMINAL=''; fi
  export LF_READER LF_TERMINAL
fi

say() { printf '%s\n' "$*" >&"${LF_READER}"; }

progress() { say "      $*"; }

fail() {
  say "FAILED: $*"
  exit 1
}

# Jobs: a translation unit over gRPC's headers takes up to 1.2 GB with the sanitizers on; more jobs
# than memory for them end in a killed compiler.
default_jobs() {
  local processors memory_kb by_memory
  processors="$(nproc 2>/dev/null || echo 1)"
  memory_kb="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || true)"
  by_memory=$(("${memory_kb:-0}" / 1200000))
  if [[ -z "${memory_kb}" || "${by_memory}" -ge "${processors}" ]]; then
    echo "${processors}"
  elif [[ "${by_memory}" -lt 1 ]]; then
    echo 1
  else
    echo "${by_memory}"
  fi
}
LF_JOBS="${LF_JOBS:-$(default_jobs)}"

# run_logged TITLE COMMAND…: sets LF_LOG, LF_CODE and LF_SECONDS. The command runs in a subshell under
# `set -e`, without standard input. bash ignores `set -e` in whatever runs below an `if`, `||` or `!`,
# so this function reports by LF_CODE, and `step` and `check` must not stand there either.
run_logged() {
  local title="$1" slug started errexit_was=
  shift
  LF_STEP=$((LF_STEP + 1))
  slug="$(printf '%s' "${title}" | tr -cs '[:alnum:]' '-' | tr '[:upper:]' '[:lower:]')"
  slug="${slug#-}"
  LF_LOG="${LF_LOG_DIR}/$(printf '%02d' "${LF_STEP}")-${slug%-}.log"
  mkdir -p "${LF_LOG_DIR}"
  say "[${LF_STEP}] ${title}"
  started="${SECONDS}"
  if [[ $- == *e* ]]; then errexit_was=1; fi
  set +e
  (
    set -e
    "$@"
  ) >"${LF_LOG}" 2>&1 </dev/null
  LF_CODE=$?
  if [[ -n "${errexit_was}" ]]; then set -e; fi
  LF_SECONDS=$((SECONDS - started))
}

report_failure() {
  say "FAILED: step ${LF_STEP}, $1 (exit code ${LF_CODE}, after ${LF_SECONDS} s). The end of its log:"
  tail -n "${LF_TAIL_LINES}" "${LF_LOG}" | sed 's/^/    | /' >&"${LF_READER}"
  say "    the whole log: ${LF_LOG}"
}

step() {
  run_logged "$@"
  if [[ "${LF_CODE}" -ne 0 ]]; then
    report_failure "$1"
    exit 1
  fi
  say "    done in ${LF_SECONDS} s"
}

check() {
  run_logged "$@"
  if [[ "${LF_CODE}" -ne 0 ]]; then
    LF_CHECKS_FAILED=$((LF_CHECKS_FAILED + 1))
    LF_FAILED_CHECKS+=("$1")
    report_failure "$1"
    return 0
  fi
  LF_CHECKS_PASSED=$((LF_CHECKS_PASSED + 1))
  say "    passed in ${LF_SECONDS} s"
}

# Lines of a group of deploy/packages.txt, comments off.
package_group() {
  awk -v group="[$1]" '
    { sub(/#.*/, ""); gsub(/^[ \t]+|[ \t]+$/, "") }
    /^\[/ { inside = ($0 == group); if (inside) found = 1; next }
    inside && $0 != "" { print }
    END { if (!found) exit 3 }
  ' "${LF_ROOT}/deploy/packages.txt"
}

install_packages() {
  local group lines line name alternatives present met missing=() wanted=() as_root=()
  for group in "$@"; do
    lines="$(package_group "${group}")" || {
      echo "deploy/packages.txt has no group [${group}]"
      return 1
    }
    while IFS= read -r line; do wanted+=("${line}"); done <<<"${lines}"
  done
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not a Debian: install the equivalents of these packages, then use --no-install:"
    printf '  %s\n' "${wanted[@]}"
    return 1
  fi
  # Names of what is installed, and what that provides (another source's nodejs provides npm).
  present="$(dpkg-query -W -f '${db:Status-Status}\t${Package}, ${Provides}\n' |
    awk -F '\t' '$1 == "installed" {
      n = split($2, names, ",")
      for (i = 1; i <= n; i++) { sub(/^ +/, "", names[i]); sub(/[ :].*/, "", names[i]); print names[i] }
    }')"
  for line in "${wanted[@]}"; do
    met=
    IFS='|' read -r -a alternatives <<<"${line// /}"
    for name in "${alternatives[@]}"; do
      if grep -qxF -- "${name}" <<<"${present}"; then met=1; fi
    done
    [[ -n "${met}" ]] || missing+=("${alternatives[0]}")
  done
  if [[ "${#missing[@]}" -eq 0 ]]; then
    progress "all ${#wanted[@]} packages are installed"
    return 0
  fi
  progress "installing ${#missing[@]} of ${#wanted[@]} packages: ${missing[*]}"
  if [[ "$(id -u)" -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "Not root, and there is no sudo. As root: apt-get install ${missing[*]}"
      return 1
    fi
    # The step has no standard input; sudo asks on the terminal itself where there is one.
    as_root=(sudo)
    [[ -n "${LF_TERMINAL}" ]] || as_root=(sudo -n)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3
    -o DPkg::Lock::Timeout=300)
  "${as_root[@]}" update
  with_progress "${as_root[@]}" -o APT::Status-Fd=1 install -y --no-install-recommends "${missing[@]}"
}

# Copies its input to the log and shows the reader how far ninja ("[3/40] …"), ctest ("3/40 Test …")
# or apt-get ("dlstatus:3:12.5:…", "pmstatus:name:12.5:…") has come: one line rewritten in place on a
# terminal, every tenth part elsewhere. Failed tests are named at once, with the beginning and the end of what they said.
show_progress() {
  local line stage='' part total text percent tenth last=0 shown='' columns said=0 failed='' end=()
  columns="$(tput cols 2>/dev/null || echo 80)"
  while IFS= read -r line; do
    printf '%s\n' "${line}"
    if [[ "${line}" =~ ^\ *(\[?[0-9]+/[0-9]+(\]|\ Test)|Start\ +[0-9]+:)\  ]]; then
      for text in "${end[@]}"; do progress "  | ${text}"; done
      failed='' end=()
    elif [[ "${said}" -gt 0 ]]; then
      said=$((said - 1))
      progress "  | ${line}"
    elif [[ -n "${failed}" && "${line}" == *': Failure' ]]; then
      progress "  | […]"
      progress "  | ${line}"
      said="${LF_TAIL_LINES}" end=()
    elif [[ -n "${failed}" ]]; then
      if [[ "${#end[@]}" -ge "${LF_TAIL_LINES}" ]]; then end=('[…]' "${end[@]: -LF_TAIL_LINES+1}"); fi
      end+=("${line}")
    fi
    if [[ "${line}" =~ ^\ *\[?([0-9]+)/([0-9]+)(\]|\ Test)\  ]]; then
      part="${BASH_REMATCH[1]}"
      total="${BASH_REMATCH[2]}"
      if [[ "${total}" -lt 10 ]]; then continue; fi
      percent=$((part * 100 / total))
      text="${part} of ${total}"
    elif [[ "${line}" =~ ^(dl|pm)status:[^:]*:([0-9]+)(\.[0-9]+)?: ]]; then
      if [[ "${stage}" != "${BASH_REMATCH[1]}" ]]; then last=0; fi
      stage="${BASH_REMATCH[1]}"
      percent="${BASH_REMATCH[2]}"
      if [[ "${stage}" == dl ]]; then text='downloading'; else text='unpacking and setting up'; fi
    else
      continue
    fi
    if [[ "${line}" == *'***'* ]]; then
      if [[ -n "${shown}" ]]; then printf '\r\033[K' >&"${LF_READER}"; fi
      progress "${line}"
      said=0
      if [[ "${line}" != *'***Skipped'* ]]; then failed=1 said="${LF_TAIL_LINES}"; fi
    fi
    if [[ -n "${LF_TERMINAL}" ]]; then
      line="      ${line}"
      printf '\r\033[K%s' "${line:0:columns-1}" >&"${LF_READER}"
      shown=1
    else
      tenth=$((percent / 10))
      if [[ "${tenth}" -gt "${last}" ]]; then
        last="${tenth}"
        progress "$((tenth * 10)) % (${text})"
      fi
    fi
  done
  if [[ -n "${shown}" ]]; then printf '\r\033[K' >&"${LF_READER}"; fi
  for text in "${end[@]}"; do progress "  | ${text}"; done
}

# with_progress COMMAND…: its output through show_progress, its own exit code.
with_progress() {
  local codes
  set +e
  "$@" 2>&1 | show_progress
  codes=("${PIPESTATUS[@]}")
  set -e
  return "${codes[0]}"
}

configure_and_build() {
  local preset="$1"
  shift
  cd "${LF_ROOT}"
  cmake --preset "${preset}"
  NINJA_STATUS='[%f/%t] ' with_progress \
    cmake --build --preset "${preset}" --parallel "${LF_JOBS}" ${1:+--target "$@"}
}
