#!/usr/bin/env bash
# Fetches the IMAP servers that the tests run against besides Dovecot: Cyrus, Courier and GNU Mailutils' imap4d.
#
# Debian's IMAP servers conflict with each other, so that installing one removes Dovecot. Their packages are only unpacked, below
# the folder that holds what is fetched once (EMAIL_INTEL_CACHE); nothing is installed, and no server is started by it.
#
#   scripts/imap-servers.sh           fetches them where that was not done yet
#   scripts/imap-servers.sh --where   prints the folder, and fails without them
set -euo pipefail

# Root's servers run as nobody, who may not look into root's home.
home=$HOME/.cache
if [ "$(id -u)" = 0 ]; then home=/var/cache; fi
cache=${EMAIL_INTEL_CACHE:-$home/n8n-nodes-email-intel}
folder=$cache/imap-servers
# The servers, and the libraries that a plain Debian 12 lacks.
cyrus=(cyrus-imapd cyrus-common sasl2-bin libsasl2-modules libsasl2-modules-db libical3 libpcre3 libxapian30 libzephyr4 libclamav12
	libmspack0 libhesiod0 libdb5.3)
courier=(courier-imap courier-base courier-authlib courier-authlib-userdb courier-authdaemon libcourier-unicode4 gamin libgamin0
	libidn12 libltdl7 libpcre3)
imap4d=(mailutils-imap4d mailutils-common libmailutils9 libgsasl18 libntlm0 libgssglue1 guile-3.0-libs libgc1 libmariadb3)
mapfile -t packages < <(printf '%s\n' "${cyrus[@]}" "${courier[@]}" "${imap4d[@]}" | sort -u)

# Another list is another folder's worth of files.
wanted=$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-16)
complete() { [ "$(cat "$folder/complete" 2>/dev/null)" = "$wanted" ]; }

if [ "${1-}" = --where ]; then
	complete && echo "$folder"
	exit
fi
if complete; then
	echo "The IMAP servers are in $folder"
	exit 0
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/imap-servers.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/packages" "$work/root"
fetch() { (cd "$work/packages" && apt-get download -qq "${packages[@]}"); }
# The lists of a machine that was just set up are empty, or older than what they name.
fetch 2>"$work/said" || { apt-get update -qq && fetch; }
for package in "$work"/packages/*.deb; do dpkg-deb --extract "$package" "$work/root"; done
# Some packages are older than the merge of /lib into /usr/lib.
if [ -d "$work/root/lib" ]; then cp -al "$work/root/lib/." "$work/root/usr/lib/"; fi
rm -rf "$work/packages" "$work/said"
echo "$wanted" >"$work/complete"
# The servers run as another user.
chmod -R a+rX "$work"
rm -rf "$folder"
mv "$work" "$folder"
trap - EXIT
echo "The IMAP servers were unpacked into $folder ($(du -sh "$folder" | cut -f1))"
