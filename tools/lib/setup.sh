#!/usr/bin/env bash
# Installs what a build needs on Debian 12 and fetches the source archives it lacks there. Does nothing, fast, if all is there.
# Use: tools/lib/setup.sh [--sanitizers] [--windows] [--conformance] [--package] [--check-package] [--fuzz] [--all]: also for the sanitizer build, the
# Windows build and wine, the conformance tests (node and the official SignalR client), making the packages, checking them, the fuzz targets; all but those.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=archives.sh
. "$top/tools/lib/archives.sh"

packages=(build-essential git meson ninja-build ccache pkg-config cmake python3 python3-yaml ca-certificates tzdata openssl tmux
  libcaf-dev libsqlitecpp-dev libsqlite3-dev libspdlog-dev libfmt-dev libyaml-cpp-dev libboost1.81-dev libssl-dev doctest-dev
  libhowardhinnant-date-dev libcli11-dev)
fuzz_packages=(clang libclang-rt-dev)
windows_packages=(g++-mingw-w64-x86-64-posix wine64 dpkg-dev perl)
package_packages=(dpkg-dev nsis)
check_packages=(dpkg-dev debootstrap systemd man-db lintian)

missing_of() { # the packages among the arguments that are not installed
  local package installed
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true) "
  for package in "$@"; do
    case $installed in *" installed:$package "*) ;; *) echo "$package" ;; esac
  done
}

install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    warn "this is not Debian: have these, by Debian's names, installed yourself: $*"
    return 0
  fi
  mapfile -t missing < <(missing_of "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing with apt-get: ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  retry 2 as_root timeout 600 "${apt[@]}" update || warn "apt-get update failed; trying with the lists as they are"
  retry 2 as_root timeout 1800 "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
    die "apt-get could not install: ${missing[*]}. Its own message is above; install them by hand and start again."
}

install_npm() { # install_npm FOLDER WHAT: what tests/FOLDER/package.json names, in its versions, into build/FOLDER/node_modules
  local from="$top/tests/$1/package.json" into="$top/build/$1"
  mkdir -p "$into"
  if cmp -s "$from" "$into/package.json" && [ -d "$into/node_modules" ]; then return 0; fi
  say "installing $2 with npm"
  rm -rf "$into/node_modules"
  cp "$from" "$into/"
  (cd "$into" && retry 2 timeout 300 npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error) || {
    rm -f "$into/package.json"
    die "npm could not install what tests/$1/package.json names; its own message is above."
  }
}

sanitizers="" windows="" conformance="" package="" check="" fuzz=""
for argument in "$@"; do
  case $argument in
    --sanitizers) sanitizers=1 ;;
    --windows) windows=1 ;;
    --package) package=1 ;;
    --check-package) package=1 check=1 ;;
    --conformance) conformance=1 ;;
    --fuzz) fuzz=1 ;;
    --all) sanitizers=1 windows=1 conformance=1 package=1 check=1 ;;
    *) die "setup.sh: unknown argument $argument" ;;
  esac
done

[ -z "$windows" ] || packages+=("${windows_packages[@]}")
[ -z "$package" ] || packages+=("${package_packages[@]}")
[ -z "$check" ] || packages+=("${check_packages[@]}")
if [ -n "$conformance$check" ]; then # a node of another origin will do
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
fi
[ -z "$fuzz" ] || packages+=("${fuzz_packages[@]}")
install_packages "${packages[@]}"
mkdir -p "$cache"
archive_of ftxui ftxui
[ -z "$sanitizers$windows" ] || archive_of caf actor-framework
if [ -n "$windows" ]; then
  archive_of sqlitecpp sqlitecpp
  folder_of yaml-cpp yaml-cpp dc63708605404e0b963e0ca3a9619d1c8270eda2839603e6fa0384e5e51e5312
  folder_of date howardhinnant-date 2768b67c1b5cf07715978584ef174dae679e90bf420777aee4e8b09e993681f1
  find_openssl
  "$top/tools/lib/windows-openssl" "$openssl_archive" "$top/build-windows/deps/openssl"
fi
refresh_packagefiles
[ -z "$conformance" ] || install_npm conformance "the SignalR client"
[ -z "$check" ] || install_npm package/powershell "a parser for PowerShell"
