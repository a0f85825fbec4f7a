# The source archives behind subprojects/*.wrap, from Debian's own source packages. Sourced by setup.sh.
# What is already in subprojects/packagecache with the right hash is not fetched again, and what Debian does not have is left to
# meson, which asks the upstream address in the wrap.
# shellcheck shell=bash
: "${top:?}"

cache="$top/subprojects/packagecache"
private_apt="$cache/apt"

# An apt configuration of our own: the machine's Debian sources with deb-src, and the next release's for what this one lacks.
# The machine's own configuration and package lists stay as they are.
prepare_private_apt() {
  [ -z "${private_apt_ready:-}" ] || return 0
  command -v apt-get >/dev/null || { warn "apt-get is not on this machine"; return 1; }
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed_by=""
  [ ! -f "$keyring" ] || signed_by="[signed-by=$keyring] "
  mkdir -p "$private_apt/lists/partial" "$private_apt/cache/archives/partial"
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u | awk -v signed_by="$signed_by" '
    $2 ~ /^(bookworm|stable|oldstable)/ && $3 == "main" { print "deb-src " signed_by $1, $2, $3 }
    $2 ~ /^(bookworm|stable|oldstable)$/ && $3 == "main" { print "deb-src " signed_by $1, "trixie", $3 }' >"$private_apt/sources.list"
  [ -s "$private_apt/sources.list" ] || { warn "apt knows no Debian 12 source on this machine"; return 1; }
  cat >"$private_apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$private_apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$private_apt/lists";
Dir::Cache "$private_apt/cache";
APT::Sandbox::User "";
Acquire::Retries "3";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
  say "reading the lists of Debian's source packages (about 20 MB, once)"
  retry 3 timeout 300 env APT_CONFIG="$private_apt/apt.conf" apt-get -q update || { warn "apt-get update failed"; return 1; }
  private_apt_ready=1
}

has_hash() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -c1-64)" = "$2" ]; }

# from_debian PACKAGE HASH FILE: the archive with that hash out of whichever version of the source package has it.
from_debian() {
  local package=$1 hash=$2 file=$3 version folder
  prepare_private_apt || return 1
  version=$(APT_CONFIG="$private_apt/apt.conf" apt-cache showsrc --only-source "$package" 2>/dev/null |
    awk -v hash="$hash" '/^Version:/ { version = $2 } $1 == hash && $3 ~ /\.orig\.tar/ { print version; exit }')
  [ -n "$version" ] || { warn "no Debian version of $package has the archive $hash"; return 1; }
  folder=$(mktemp -d "$cache/fetch.XXXXXX")
  say "fetching $package $version (source archive)"
  if (cd "$folder" && retry 3 timeout 300 env APT_CONFIG="$private_apt/apt.conf" apt-get -q source --download-only --tar-only "$package=$version") &&
    set -- "$folder"/*.orig.tar.* && has_hash "$1" "$hash"; then
    mv "$1" "$file"
    rm -rf "$folder"
    return 0
  fi
  rm -rf "$folder"
  warn "the archive of $package $version could not be fetched or has the wrong hash"
  return 1
}

wrap_value() { sed -n "s/^$2 *= *//p" "$top/subprojects/$1.wrap"; }

# archive_of WRAP PACKAGE: Debian's archive is byte for byte upstream's, so it goes where meson looks for it.
archive_of() {
  local file hash
  file="$cache/$(wrap_value "$1" source_filename)"
  hash=$(wrap_value "$1" source_hash)
  has_hash "$file" "$hash" || from_debian "$2" "$hash" "$file" || warn "$1: leaving the download to meson ($(wrap_value "$1" source_url))"
}

# folder_of WRAP PACKAGE HASH: Debian repacked the archive, so it is unpacked as the folder that meson would make.
folder_of() {
  local folder file
  folder="$top/subprojects/$(wrap_value "$1" directory)"
  file="$cache/$2_debian.tar.xz"
  [ ! -d "$folder" ] || return 0
  ! has_hash "$cache/$(wrap_value "$1" source_filename)" "$(wrap_value "$1" source_hash)" || return 0
  if has_hash "$file" "$3" || from_debian "$2" "$3" "$file"; then
    rm -rf "$folder.new"
    mkdir "$folder.new"
    tar -xf "$file" -C "$folder.new" --strip-components=1
    mv "$folder.new" "$folder"
  else
    warn "$1: leaving the download to meson ($(wrap_value "$1" source_url))"
  fi
}

# meson copies packagefiles only when it unpacks; a later change of ours must reach the unpacked folder as well.
refresh_packagefiles() {
  local wrap from folder file
  for wrap in "$top"/subprojects/*.wrap; do
    wrap=$(basename "$wrap" .wrap)
    from="$top/subprojects/packagefiles/$(wrap_value "$wrap" patch_directory)"
    folder="$top/subprojects/$(wrap_value "$wrap" directory)"
    [ -d "$folder" ] || continue
    while IFS= read -r file; do
      cmp -s "$from/$file" "$folder/$file" || { mkdir -p "$(dirname "$folder/$file")" && cp "$from/$file" "$folder/$file"; }
    done < <(cd "$from" && find . -type f)
  done
}

# Names and hashes of OpenSSL 3.0 archives that will do, the newest first. Not a wrap: OpenSSL has its own build (windows-openssl).
openssl_archives='
openssl-3.0.22.tar.gz 67ebca7e50d17383028045486653492195b83db95f8558709701bb47b5c1ef81
openssl-3.0.20.tar.gz c80a01dfc70ece4dc21168932c37739042d404d46ccc81a5986dd75314ecda6f'
openssl_upstream=https://github.com/openssl/openssl/releases/download

# Sets openssl_archive to a file with one of the hashes above.
openssl_archive=""
find_openssl() {
  local name hash version
  while read -r name hash; do
    [ -z "$name" ] || ! has_hash "$cache/$name" "$hash" || { openssl_archive="$cache/$name"; return 0; }
  done <<<"$openssl_archives"
  while read -r name hash; do
    [ -z "$name" ] || ! from_debian openssl "$hash" "$cache/$name" || { openssl_archive="$cache/$name"; return 0; }
  done <<<"$openssl_archives"
  while read -r name hash; do
    [ -n "$name" ] || continue
    version=${name%.tar.gz}
    say "fetching $name from upstream"
    if retry 2 timeout 300 python3 -c 'import sys, urllib.request as u; open(sys.argv[2], "wb").write(u.urlopen(sys.argv[1], timeout=60).read())' \
      "$openssl_upstream/$version/$name" "$cache/$name" && has_hash "$cache/$name" "$hash"; then
      openssl_archive="$cache/$name"
      return 0
    fi
  done <<<"$openssl_archives"
  die "no OpenSSL 3.0 archive could be fetched; put one of these into subprojects/packagecache: $openssl_archives"
}
