#!/bin/sh
# Builds the Debian package: packaging/build-deb.sh [BINARY], by default the release build. Needs dpkg-deb only.
# The same binary and SOURCE_DATE_EPOCH give the same package.
set -eu
cd "$(dirname "$0")/.."
binary=${1:-target/release/antrean}
version=$("$binary" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root"
put() { install -D -m "$1" "$2" "$root/$3"; }
put 0755 "$binary" usr/bin/antrean
for unit in packaging/units/*; do put 0644 "$unit" "usr/lib/systemd/system/$(basename "$unit")"; done
put 0644 packaging/antrean.sysusers usr/lib/sysusers.d/antrean.conf
put 0644 packaging/antrean.tmpfiles usr/lib/tmpfiles.d/antrean.conf
put 0644 packaging/70-antrean.rules usr/lib/udev/rules.d/70-antrean.rules
put 0644 packaging/antrean.default etc/default/antrean
for page in README.md CHANGELOG.md docs/manual/*.md; do put 0644 "$page" "usr/share/doc/antrean/$(basename "$page")"; done
put 0644 LICENSE usr/share/doc/antrean/copyright
for script in preinst postinst prerm postrm; do put 0755 "packaging/debian/$script" "DEBIAN/$script"; done
echo /etc/default/antrean > "$root/DEBIAN/conffiles"
cat > "$root/DEBIAN/control" <<CONTROL
Package: antrean
Version: $version
Architecture: $architecture
Maintainer: antrean <antrean@localhost>
Section: misc
Priority: optional
Depends: libc6, libgcc-s1, systemd (>= 252), udev
Recommends: libasound2 | libasound2t64, weston
Installed-Size: $(du -sk "$root" | cut -f1)
Description: queue appliance of a public office
 Kiosk, board, slip printer and staff console over one local database.
CONTROL
mkdir -p target/deb
dpkg-deb --root-owner-group --build "$root" "target/deb/antrean_${version}_$architecture.deb"
