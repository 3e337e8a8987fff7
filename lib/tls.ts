const TLS_CODE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;
/** What a peer answers, or OpenSSL says of it, that does not speak TLS on this port. */
const NOT_TLS: ReadonlySet<string> = new Set([
	'EPROTO',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

/** What is said where one side has no version or cipher that the other one accepts. */
const TOO_OLD =
	/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW|HANDSHAKE_FAILURE|NO_SHARED_CIPHER|KEY_TOO_SMALL|NO_PROTOCOLS_AVAILABLE|UNSAFE_LEGACY/;

/** Whether Node's code of an error says that TLS was not agreed upon, or the certificate not accepted. */
export function isTlsCode(code: string): boolean {
	return TLS_CODE.test(code);
}

/**
 * What to do about it.
 *
 * @param notTls What to do when the peer does not speak TLS on this port: that differs by protocol.
 */
export function tlsHint(code: string, notTls: string): string {
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
		return 'The certificate is for another host name. Use the host name in the certificate.';
	if (code === 'CERT_HAS_EXPIRED') return 'The certificate has expired. Renew it on the server.';
	if (NOT_TLS.has(code)) return `The server does not speak TLS on this port. ${notTls}`;
	if (TOO_OLD.test(code))
		return 'The server only offers TLS versions or ciphers that are no longer secure, such as TLS 1.0. Update the server, or enable TLS 1.2 there.';
	return "Paste the certificate of the issuing CA (PEM) into 'CA Certificate' of the credential.";
}
