// Signed and encrypted mail as attachments and in archives.
import { at, plant, read, run, write, zip } from './plant.mjs';

const url = (name, rest = 'a') => `https://${name}.held.example.com/${rest}`;
const one = (name) => ({ urls: [url(name)] });
const mime = (name) => `Content-Type: text/html\r\n\r\n<html><body><a href="${url(name)}">Open</a></body></html>\r\n`;

export function makeMail() {
	run('openssl', [
		'req',
		'-x509',
		'-newkey',
		'rsa:2048',
		'-nodes',
		'-keyout',
		at('key.pem'),
		'-out',
		at('cert.pem'),
		'-days',
		'9000',
		'-subj',
		'/CN=held-out',
	]);
	const sign = (name, ...options) => {
		write('in.eml', mime(name));
		run('openssl', [
			'cms',
			'-sign',
			'-in',
			at('in.eml'),
			'-signer',
			at('cert.pem'),
			'-inkey',
			at('key.pem'),
			'-out',
			at('out.bin'),
			...options,
		]);
		return read('out.bin');
	};
	plant('opaque.eml', { ...one('opaque') }, sign('opaque', '-nodetach'));
	plant('clear-signed.eml', { ...one('clearsigned') }, sign('clearsigned'));
	plant(
		'opaque.p7m',
		{ kind: 'cms', ...one('opaqueder') },
		sign('opaqueder', '-nodetach', '-outform', 'DER', '-binary'),
	);
	plant(
		'opaque-p7m.zip',
		{ kind: 'zip', ...one('zippedp7m') },
		zip([{ name: 'smime.p7m', content: sign('zippedp7m', '-nodetach', '-outform', 'DER', '-binary') }]),
	);
	write('in.eml', mime('enveloped'));
	run('openssl', [
		'cms',
		'-encrypt',
		'-aes256',
		'-in',
		at('in.eml'),
		'-out',
		at('out.bin'),
		'-outform',
		'DER',
		at('cert.pem'),
	]);
	plant('enveloped.p7m', { kind: 'cms', flags: ['encrypted-message'], notRead: ['encrypted'] }, read('out.bin'));
	run('openssl', ['cms', '-encrypt', '-aes256', '-in', at('in.eml'), '-out', at('out.bin'), at('cert.pem')]);
	plant('enveloped.eml', { insideNotRead: ['encrypted'] }, read('out.bin'));
	run('openssl', [
		'cms',
		'-encrypt',
		'-aes-256-gcm',
		'-in',
		at('in.eml'),
		'-out',
		at('out.bin'),
		'-outform',
		'DER',
		at('cert.pem'),
	]);
	plant('authenticated.p7m', { kind: 'cms', flags: ['encrypted-message'], notRead: ['encrypted'] }, read('out.bin'));
	write('secret.txt', `Open ${url('pgp')}`);
	const gpg = (...options) =>
		run('gpg', [
			'--homedir',
			at(''),
			'--batch',
			'--yes',
			'--pinentry-mode',
			'loopback',
			'--passphrase',
			'x',
			...options,
			at('secret.txt'),
		]);
	gpg('--symmetric', '-o', at('s.gpg'));
	plant('secret.gpg', { kind: 'encrypted', flags: ['encrypted-message'], notRead: ['encrypted'] }, read('s.gpg'));
	gpg('--symmetric', '--armor', '-o', at('s.asc'));
	plant('secret.asc', { kind: 'encrypted', flags: ['encrypted-message'], notRead: ['encrypted'] }, read('s.asc'));
	plant(
		'pgp-mail.eml',
		{ insideNotRead: ['encrypted'] },
		Buffer.from(
			`From: a@example.net\r\nMIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n${read('s.asc')}\r\n--b--\r\n`,
		),
	);
}
