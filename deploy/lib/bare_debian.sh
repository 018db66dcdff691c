# shellcheck shell=bash
# A minimal bookworm root file system, made from the mirror that this machine's apt uses. Sourced by
# deploy/check-bare-debian and tests/deploy/container_test.
#
#   bare_cache                   the folder in which base system and downloaded packages are kept
#   bare_system FOLDER           puts the system there (as root); made with debootstrap when it is not kept yet. apt in it
#                                reaches the mirror as apt here does: sources, proxies, certificate authorities,
#                                name servers

bare_suite=bookworm

bare_cache() { printf '%s\n' "${XDG_CACHE_HOME:-${HOME}/.cache}/lianfang-bare-debian"; }

# "deb MIRROR SUITE main", as this machine's apt has it, whatever the format of its files.
bare_sources() {
  # shellcheck disable=SC2016  # apt-get expands these names
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="${bare_suite}" '$3 == "main" && ($2 == suite || $2 ~ "^" suite "-(updates|security)$") {
      print "deb " $1 " " $2 " main"
    }' | sort -u
}

# Prints the path of the base system's tar.gz, after making it where there is none.
bare_base_tarball() {
  local cache base mirror target http_proxy https_proxy
  cache="$(bare_cache)"
  base="${cache}/${bare_suite}-minbase-$(dpkg --print-architecture).tar.gz"
  if [[ ! -s "${base}" ]]; then
    mirror="$(bare_sources | awk -v suite="${bare_suite}" '$3 == suite { print $2; exit }')"
    if [[ -z "${mirror}" ]]; then
      echo "this machine's apt has no source for ${bare_suite}" >&2
      return 1
    fi
    eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
    export http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}"
    mkdir -p "${cache}"
    target="$(mktemp -d "${TMPDIR:-/tmp}/lianfang-base.XXXXXX")"
    if ! debootstrap --variant=minbase "${bare_suite}" "${target}" "${mirror}" >"${cache}/debootstrap.log" 2>&1; then
      tail -n 20 "${cache}/debootstrap.log" >&2
      echo "debootstrap failed; the whole log: ${cache}/debootstrap.log" >&2
      rm -rf --one-file-system "${target}"
      return 1
    fi
    rm -f "${target}"/var/cache/apt/archives/*.deb
    tar -C "${target}" --one-file-system -czf "${base}.part" .
    mv "${base}.part" "${base}"
    rm -rf --one-file-system "${target}"
  fi
  printf '%s\n' "${base}"
}

bare_system() {
  local target="$1" base
  base="$(bare_base_tarball)" || return 1
  mkdir -p "${target}"
  tar -C "${target}" -xzf "${base}"
  # The folder in which it was made was nobody else's business; a root folder is everybody's.
  chmod 0755 "${target}"
  bare_sources >"${target}/etc/apt/sources.list"
  # How apt reaches the network from here (proxies, certificates, date checks), and nothing else of it.
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-Valid-Until|Check-Date)\b' \
    >"${target}/etc/apt/apt.conf.d/90network" || true
  cp -L /etc/resolv.conf /etc/hosts "${target}/etc/"
  # Certificate authorities that this network needs; they take effect when ca-certificates comes.
  mkdir -p "${target}/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' \
    -exec cp -t "${target}/usr/local/share/ca-certificates" {} + 2>/dev/null || true
}
