# Shared by the scripts in tools/: where we are, how we speak, what we retry. Sourced; sets $top.
# shellcheck shell=bash
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export NINJA_STATUS="[%f/%t %es] "
jobs=$(nproc)

say() { printf '== %s\n' "$*"; }
warn() { printf '== note: %s\n' "$*" >&2; }
die() {
  printf '== error: %s\n' "$*" >&2
  exit 1
}

# retry N COMMAND…: up to N tries with a pause between them.
retry() {
  local tries=$1 try
  shift
  for ((try = 1; try <= tries; try++)); do
    "$@" && return 0
    [ "$try" -eq "$tries" ] || { warn "try $try of $tries failed: $*"; sleep $((try * 3)); }
  done
  return 1
}

# as_root COMMAND…
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root: run it as root or install sudo. The command was: $*"
  fi
}

# configure FOLDER OPTION…: sets a build folder up unless it is; ninja itself sees to later changes of meson.build.
configure() {
  local folder=$1
  shift
  [ ! -f "$folder/build.ninja" ] || return 0
  say "configuring $(basename "$folder")"
  timeout --foreground 600 meson setup "$folder" "$top" "$@" || {
    warn "meson setup failed; the whole log is $folder/meson-logs/meson-log.txt"
    return 1
  }
}

# configure_windows FOLDER OPTION…: the same for the Windows programs, which are run under wine.
configure_windows() {
  local folder=$1
  shift
  mkdir -p "$folder"
  [ -f "$folder/wine.ini" ] || printf "[binaries]\nexe_wrapper = '%s'\n" "$top/tools/lib/wine-run" >"$folder/wine.ini"
  configure "$folder" "$@" --cross-file "$top/tools/cross-windows.ini" --cross-file "$folder/wine.ini"
}

# compile FOLDER [TARGET…]: builds with progress.
compile() {
  local folder=$1
  shift
  say "building $(basename "$folder")"
  timeout --foreground 3600 ninja -C "$folder" -j "$jobs" "$@" || {
    warn "the build in $(basename "$folder") failed: the first 'FAILED:' above says where"
    return 1
  }
}
