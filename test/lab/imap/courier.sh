#!/bin/sh
# courier.sh HOME PACKAGES PORT TLS-PORT CONNECTIONS UID GID: Courier, in a mount namespace of its own (unshare --mount; needs root).
#
# Its paths are compiled in, so its packages lie over the machine's /usr and /etc, for its processes only. The user's mail is in
# HOME/mail, which is not below /etc or /usr; what it must write to /etc/courier goes to HOME/etc.
set -e
home=$1 packages=$2 port=$3 tls_port=$4 connections=$5 uid=$6 gid=$7

mount -t overlay -o "lowerdir=$packages/usr:/usr" overlay /usr
mkdir -p "$home/etc" "$home/etc-work"
mount -t overlay -o "lowerdir=$packages/etc:/etc,upperdir=$home/etc,workdir=$home/etc-work" overlay /etc
mount -t tmpfs tmpfs /run
mkdir -p /run/courier/authdaemon
umask 022

# The user that couriertls becomes, and that owns its certificate.
grep -q '^courier:' /etc/passwd || echo 'courier:x:65533:65533::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
grep -q '^courier:' /etc/group || echo 'courier:x:65533:' >>/etc/group
[ ! -f "$home/server.pem" ] || install -o 65533 -g 65533 -m 400 "$home/server.pem" /etc/courier/imapd.pem

sed -i -e 's/^authmodulelist=.*/authmodulelist="authuserdb"/' -e 's/^daemons=.*/daemons=2/' /etc/courier/authdaemonrc
printf 'analyst\tuid=%s|gid=%s|home=%s|mail=%s|imappw=%s\n' "$uid" "$gid" "$home/mail" "$home/mail/Maildir" "$(cat "$home/password")" \
	>/etc/courier/userdb
chmod 600 /etc/courier/userdb
makeuserdb
/usr/lib/courier/courier-authlib/authdaemond >"$home/auth.log" 2>&1 &
tries=0
until [ -S /run/courier/authdaemon/socket ]; do
	tries=$((tries + 1))
	if [ $tries -gt 200 ]; then
		echo 'authdaemond does not listen' >&2
		exit 1
	fi
	sleep 0.02
done

set -a
. /etc/courier/imapd-ssl
. /etc/courier/imapd
IMAP_STARTTLS=YES
TLS_CERTFILE=/etc/courier/imapd.pem TLS_DHPARAMS= TLS_CACHEFILE=
listen() { couriertcpd -address=127.0.0.1 -maxprocs=80 -maxperip="$connections" -nodnslookup -noidentlookup "$@"; }
listen "$port" /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir &
IMAP_TLS=1 listen "$tls_port" /usr/bin/couriertls -server -tcpd /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir &
wait
