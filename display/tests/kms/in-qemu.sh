#!/usr/bin/env bash
# The board on a graphics card without a window system: boots a small machine in QEMU with a virtual card, starts the
# board in it with --kms, and takes pictures from outside. A person looks at them; the script says what each must show.
#
#   display/tests/kms/in-qemu.sh DATA OUT [BINARY]
#
# DATA   a data folder with an open day and a call: antrean init, day open, issue, call
# OUT    folder for the pictures (PNG)
# BINARY the display program, usually target/debug/display
#
# Needs: apt-get install qemu-system-x86 cpio kmod imagemagick socat, and a Debian kernel package unpacked in $KERNEL
# (apt-get download linux-image-…-amd64; dpkg-deb -x …), because Debian's cloud kernels have no graphics. No KVM needed.
set -euo pipefail
data=$(realpath "$1"); mkdir -p "$2"; out=$(realpath "$2")
binary=$(realpath "${3:-target/debug/display}")
kernel=$(realpath "${KERNEL:?folder with boot/ and lib/modules/ of a Debian kernel}")
work=$(mktemp -d); trap 'kill "${machine:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT

# --- A root in memory: a shell, the modules of the virtual card, the board, its data.
root=$work/root; mkdir -p "$root"/{bin,dev,proc,sys,tmp,data,modules}
cp -r "$data"/. "$root/data"
strip -o "$root/bin/display" "$binary"
for tool in sh sleep mount cat mkdir kmod kill; do cp -L "$(type -P $tool || type -P /bin/$tool)" "$root/bin/$tool"; done
ln -s kmod "$root/bin/insmod"
for program in "$root"/bin/*; do ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true; done | sort -u |
  while read -r library; do mkdir -p "$root/$(dirname "$library")"; cp -nL "$library" "$root/$library"; done
for module in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci drm drm_kms_helper \
    drm_shmem_helper virtio_dma_buf virtio-gpu; do
  file=$(find "$kernel"/lib/modules -name "$module.ko" | head -1)
  if [ -n "$file" ]; then cp "$file" "$root/modules/"; fi
done
cat > "$root/init" <<'INIT'
#!/bin/sh
export PATH=/bin
mount -t devtmpfs none /dev; mount -t proc none /proc; mount -t sysfs none /sys; mount -t tmpfs none /tmp
# Some need others that come later: those succeed the second or third time.
for turn in 1 2 3; do for module in /modules/*; do insmod "$module" 2>/dev/null; done; done
say() { echo "ready $1" > /dev/ttyS0; sleep 3; }
board() { display --data /data --sound none --kms "$@" > /dev/ttyS0 2>&1 & pid=$!; sleep 8; }
status=$(echo /sys/class/drm/card0-*/status)
board --output Wrong-1; say wrong-name
board; first=$pid; say lying
board; say second-board
echo off > $status; sleep 3; say tv-off
echo on > $status; sleep 5; say tv-on-again
kill $first; sleep 1
board --rotate 90; say rotate-90; kill $pid; sleep 1
board --rotate 180; say rotate-180; kill $pid; sleep 1
board --rotate 270; say rotate-270; kill $pid; sleep 1
say end
sleep 1000
INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1 > "$work/root.img")

# --- The machine; on each "ready" line a picture from outside.
serial=$work/serial; : > "$serial"
qemu-system-x86_64 -accel "tcg,thread=multi" -cpu max -M q35 -smp 2 -m 1024 -no-reboot -display none -vga none \
  -device "virtio-vga,xres=${WIDTH:-1920},yres=${HEIGHT:-1080}" -serial "file:$serial" \
  -qmp "unix:$work/qmp,server,nowait" -kernel "$kernel"/boot/vmlinuz-* -initrd "$work/root.img" \
  -append "console=ttyS0 panic=-1 quiet rdinit=/init" & machine=$!
deadline=$((SECONDS + 300)); seen=""
while [ $SECONDS -lt $deadline ]; do
  now=$(tr -d '\r' < "$serial" | sed -n 's/.*ready //p' | tail -1)
  if [ "$now" != "$seen" ]; then
    seen=$now; echo "$now"; [ "$now" = end ] && break
    printf '%s\n' '{"execute":"qmp_capabilities"}' \
      "{\"execute\":\"screendump\",\"arguments\":{\"filename\":\"$work/shot.ppm\"}}" |
      { cat; sleep 1; } | socat - "unix-connect:$work/qmp" > /dev/null
    convert "$work/shot.ppm" "$out/$now.png"
  fi
  sleep 0.2
done
tr -d '\r' < "$serial" > "$out/serial.log"
[ "$seen" = end ] || { echo "the machine did not get to its end; see $out/serial.log"; exit 1; }
echo "lying, second-board, tv-on-again: the board; tv-off: nothing of it; rotate-*: the board turned clockwise."
echo "serial.log: the outputs by name when Wrong-1 is asked for; that the card belongs to another program; the TV gone."
