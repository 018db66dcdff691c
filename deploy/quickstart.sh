#!/usr/bin/env bash
# From a bare Debian 12 to a school's year and a district that has verified it, in one command:
#
#   deploy/quickstart.sh [--data-dir FOLDER] [--stop] [--no-install] [--lang zh|en]
#     --data-dir FOLDER  where data, keys, logs and process numbers go
#                        (default ~/.local/share/lianfang/quickstart)
#     --stop             stops the servers that an earlier run left running; data stays
#     --no-install       installs no packages: everything in deploy/packages.txt [build] is there
#     --lang zh|en       language of tables and messages (default: by the locale)
#
# Installs packages, builds Release, starts the school's services (127.0.0.1:7100) and a district's
# aggregator (127.0.0.1:7105), plays the sample year through the public API, registers the school
# with the district, pulls and verifies its report, and shows the results. The servers stay up. Run
# again, it finds what is there and changes nothing.
#
# LIANFANG_QUICKSTART_PORT and LIANFANG_QUICKSTART_DISTRICT_PORT choose other ports.
set -euo pipefail

data_dir=''
stop=''
install=1
lang=()
school_port="${LIANFANG_QUICKSTART_PORT:-7100}"
district_port="${LIANFANG_QUICKSTART_DISTRICT_PORT:-7105}"

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; }
wrong_use() {
  echo "quickstart.sh: $1" >&2
  usage >&2
  exit 2
}
while [[ $# -gt 0 ]]; do
  case "$1" in
    --data-dir)
      [[ $# -ge 2 ]] || wrong_use '--data-dir lacks its folder'
      data_dir="$2"
      shift
      ;;
    --data-dir=*) data_dir="${1#*=}" ;;
    --lang)
      [[ $# -ge 2 ]] || wrong_use '--lang lacks its value'
      lang=("--lang=$2")
      shift
      ;;
    --lang=*) lang=("$1") ;;
    --stop) stop=1 ;;
    --no-install) install='' ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) wrong_use "unknown option $1" ;;
  esac
  shift
done
case "${lang[*]:-}" in
  '' | --lang=zh | --lang=en) ;;
  *) wrong_use '--lang is zh or en' ;;
esac
if [[ -z "${data_dir}" ]]; then
  if [[ -n "${XDG_DATA_HOME:-${HOME:-}}" ]]; then
    data_dir="${XDG_DATA_HOME:-${HOME}/.local/share}/lianfang/quickstart"
  else
    data_dir="${PWD}/lianfang-data"
  fi
fi
mkdir -p "${data_dir}"
data_dir="$(cd "${data_dir}" && pwd)"

LF_LOG_DIR="${data_dir}/logs"
# shellcheck source=deploy/lib/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/setup.sh"

program="${LF_ROOT}/build/release/services/cli/lianfang"
sample="${LF_ROOT}/deploy/sample"
school_data="${data_dir}/school"
district_data="${data_dir}/district"
school="127.0.0.1:${school_port}"
district="127.0.0.1:${district_port}"
school_unit='sy-primary'
district_unit='demo-district'

# ---- servers ------------------------------------------------------------------------------------
# server_pid NAME FOLDER: the process number of the server of that folder, if it runs. A number alone
# proves nothing after a restart of the machine: the process must be ours by its command line.
server_pid() {
  local pid
  pid="$(cat "${data_dir}/$1.pid" 2>/dev/null)" || return 1
  [[ "${pid}" =~ ^[0-9]+$ && -r "/proc/${pid}/cmdline" ]] || return 1
  tr '\0' '\n' <"/proc/${pid}/cmdline" | grep -qxF -- "--data-dir=$2" || return 1
  printf '%s\n' "${pid}"
}

# Waits, a bounded time, until a process has ended.
wait_for_end() {
  local tries
  for ((tries = 0; tries < 250; ++tries)); do
    [[ -e "/proc/$1" ]] || return 0
    sleep 0.1
  done
  return 1
}

stop_server() {
  local pid
  if ! pid="$(server_pid "$1" "$2")"; then
    say "$1: not running"
    rm -f "${data_dir}/$1.pid"
    return 0
  fi
  kill -TERM "${pid}" 2>/dev/null || true
  wait_for_end "${pid}" || fail "$1: process ${pid} did not stop within 25 s"
  rm -f "${data_dir}/$1.pid"
  say "$1: stopped (process ${pid})"
}

# Whether something listens on the port of 127.0.0.1.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_server NAME FOLDER PORT OPTIONS…: leaves it running, detached from this script.
start_server() {
  local name="$1" folder="$2" port="$3" pid
  shift 3
  if pid="$(server_pid "${name}" "${folder}")"; then
    if "${program}" healthcheck --address="127.0.0.1:${port}" --wait=10s; then
      progress "${name} runs already: process ${pid}, 127.0.0.1:${port}"
      return 0
    fi
    echo "the ${name} server, process ${pid}, runs and does not answer on 127.0.0.1:${port};"
    echo "stop it with: deploy/quickstart.sh --stop --data-dir ${data_dir}"
    return 1
  fi
  if port_taken "${port}"; then
    progress "port ${port} of 127.0.0.1 is in use by another program: end that program, or choose"
    progress "another port with LIANFANG_QUICKSTART_PORT / LIANFANG_QUICKSTART_DISTRICT_PORT"
    echo "port ${port} is in use by another program"
    return 1
  fi
  mkdir -p "${folder}"
  setsid "${program}" serve "--listen=127.0.0.1:${port}" "--data-dir=${folder}" "$@" \
    >>"${data_dir}/logs/${name}-server.log" 2>&1 </dev/null {LF_READER}>&- &
  pid=$!
  printf '%s\n' "${pid}" >"${data_dir}/${name}.pid"
  if ! "${program}" healthcheck --address="127.0.0.1:${port}" --wait=30s; then
    echo "the ${name} server did not become ready; the end of its log:"
    tail -n 20 "${data_dir}/logs/${name}-server.log"
    return 1
  fi
  progress "${name} started: process ${pid}, 127.0.0.1:${port}"
}

if [[ -n "${stop}" ]]; then
  stop_server district "${district_data}"
  stop_server school "${school_data}"
  exit 0
fi

# ---- the steps ----------------------------------------------------------------------------------
lianfang_school() { "${program}" "${lang[@]}" --address="${school}" --data-dir="${school_data}" "$@"; }
lianfang_district() { "${program}" "${lang[@]}" --address="${district}" --data-dir="${district_data}" "$@"; }

play_year() {
  # Its progress is for the reader; its result for the log and the end of this script.
  lianfang_school play --sample="${sample}" 2>&"${LF_READER}" | tee "${data_dir}/logs/play.txt"
}

register_school() {
  local credentials="${district_data}/credentials"
  lianfang_school keys --unit="${school_unit}" >"${data_dir}/school-keys.txt"
  mkdir -p "${credentials}"
  chmod 0700 "${credentials}"
  # A day; every run makes a new one. Whole or not at all, and for nobody else to read.
  (
    umask 077
    lianfang_school token create --subject="units/${district_unit}" --roles=district_reader \
      --units="${school_unit}" --ttl=24h >"${credentials}/${school_unit}.token.new"
  )
  mv "${credentials}/${school_unit}.token.new" "${credentials}/${school_unit}.token"
  lianfang_district register --unit="${district_unit}" --member-unit="${school_unit}" \
    --endpoint="${school}" --keys-file="${data_dir}/school-keys.txt" \
    --credential="${school_unit}" | tee "${data_dir}/logs/register.txt"
  progress "$(tail -n 1 "${data_dir}/logs/register.txt")"
}

pull_school() {
  lianfang_district pull --unit="${district_unit}" | tee "${data_dir}/logs/pull.txt"
  progress "$(tail -n 1 "${data_dir}/logs/pull.txt")"
}

verify_school() {
  lianfang_school verify --unit="${school_unit}" --keys-file="${data_dir}/school-keys.txt"
}

show() {
  say ''
  say "== $1"
  shift
  "$@" >&"${LF_READER}"
}

started="${SECONDS}"
declare -a titles=() times=()
timed() {
  local before="${SECONDS}"
  step "$@"
  titles+=("$1")
  times+=("$((SECONDS - before)) s")
}

say "lianfang quickstart; data and logs: ${data_dir}"
if [[ -n "${install}" ]]; then timed 'install packages' install_packages build; fi
timed 'build Release' configure_and_build release lianfang
timed 'start the school' start_server school "${school_data}" "${school_port}"
timed 'play the sample year' play_year
timed 'start the district' start_server district "${district_data}" "${district_port}" --modules=aggregator
timed 'register the school with the district' register_school
timed 'pull and verify the report' pull_school
timed "verify the school's ledgers" verify_school

show '处室廉政风险防控统计表 / Statistics (附件11)' lianfang_school statistics --unit="${school_unit}"
show '廉政风险识别一览表 / Risk identification summary (附件8)' \
  lianfang_school summary --unit="${school_unit}" --limit=3
show '年度工作进度 / Progress of the year' lianfang_school campaign --unit="${school_unit}"
show '预警 / Warnings' lianfang_school warnings --unit="${school_unit}" --limit=10
show '区级汇总 / The district: roll-up' lianfang_district rollup --unit="${district_unit}"
show '样例年度 / The sample year' cat "${data_dir}/logs/play.txt"

say ''
say '== 用时 / Time'
for i in "${!titles[@]}"; do
  say "$(printf '  %-42s %s' "${titles[${i}]}" "${times[${i}]}")"
done
say "$(printf '  %-42s %s' 'all' "$((SECONDS - started)) s")"
cat >&"${LF_READER}" <<END

== 以后 / From here on
数据 data     ${school_data} (school), ${district_data} (district)
日志 logs     ${data_dir}/logs
停止 stop     deploy/quickstart.sh --stop --data-dir ${data_dir}
启动 start    deploy/quickstart.sh --data-dir ${data_dir}
  or          ${program} serve --listen=${school} --data-dir=${school_data}
调用 call     ${program} --address=${school} --data-dir=${school_data} report --unit=${school_unit}
  or          ${program} help
With buf (https://buf.build/docs/cli), or any gRPC client; the server has reflection:
  TOKEN=\$(${program} token create --data-dir=${school_data} --subject=units/${school_unit} \\
    --roles=integration --units=${school_unit} --ttl=15m)
  buf curl --protocol grpc --http2-prior-knowledge --schema ${LF_ROOT}/proto \\
    --header "authorization: Bearer \${TOKEN}" \\
    --data '{"profile": {"post": "units/${school_unit}/posts/buyer", "functions": ["POST_FUNCTION_PROCUREMENT"]}}' \\
    http://${school}/lianfang.grading.v1.GradingService/GradePost
END
