import { hostAndPort, sendsInClearText, withScheme } from '../../lib/address';
import { EsaClient } from '../../lib/esa';
import { createDispatcher, HttpClient } from '../../lib/http';
import { ImapMailbox } from '../../lib/mailbox';
import { cloudOf } from '../../lib/microsoft';
import { OpenCtiClient } from '../../lib/opencti';

describe('a URL without its scheme', () => {
	it.each([
		['opencti.example.com', 'https://opencti.example.com'],
		['  esa.example.com:6443 ', 'https://esa.example.com:6443'],
		['//opencti.example.com/tip', 'https://opencti.example.com/tip'],
		['http://lab.example.com', 'http://lab.example.com'],
		['HTTPS://Example.com', 'HTTPS://Example.com'],
		['', ''],
		// Neither becomes a host of the name "http".
		['http:/lab.example.com', 'http:/lab.example.com'],
		['ftp://example.com', 'ftp://example.com'],
	])('%s is meant as %s', (written, meant) => {
		expect(withScheme(written)).toBe(meant);
	});

	it('is completed for every server with a URL', () => {
		expect(new HttpClient('api.example.com/v2/').baseUrl).toBe('https://api.example.com/v2');
		expect(new OpenCtiClient({ url: 'opencti.example.com:8443/dashboard', token: 't' }).baseUrl).toBe(
			'https://opencti.example.com:8443',
		);
		expect(() => new EsaClient({ url: 'esa.example.com:6443', user: 'u', passphrase: 'p' })).not.toThrow();
		const { authorityUrl, graphUrl } = cloudOf({
			cloud: 'custom',
			authorityUrl: 'login.example.com',
			graphUrl: 'graph.example.com',
		});
		expect([authorityUrl, graphUrl]).toEqual(['https://login.example.com', 'https://graph.example.com']);
	});

	it('is completed for every proxy, as http', () => {
		const imap = { host: 'imap.example.com', user: 'u', password: 'p' };
		for (const proxy of ['proxy.example.com:3128', 'soc:secret@proxy.example.com:3128']) {
			expect(() => new ImapMailbox({ ...imap, proxy })).not.toThrow();
			expect(() => createDispatcher({ proxy })).not.toThrow();
		}
		expect(() => new ImapMailbox({ ...imap, proxy: 'ftp://proxy.example.com' })).toThrow('The proxy URL is not valid');
		expect(() => createDispatcher({ proxy: 'ftp://proxy.example.com' })).toThrow(
			'A proxy URL cannot begin with ftp://',
		);
	});

	it.each(['', 'user@example.com', 'two words', 'ftp://example.com', 'mailto:soc@example.com', 'javascript:alert(1)'])(
		'what is not the address of a server is refused: %j',
		(url) => {
			expect(() => new HttpClient(url)).toThrow('The URL is not a valid http or https address');
		},
	);
});

describe('a host with its port', () => {
	it.each([
		['imap.example.com', undefined, { host: 'imap.example.com' }],
		['imap.example.com', 143, { host: 'imap.example.com', port: 143 }],
		[' imap.example.com:993 ', undefined, { host: 'imap.example.com', port: 993 }],
		['imap.example.com:993', 993, { host: 'imap.example.com', port: 993 }],
		['imap.example.com:', 993, { host: 'imap.example.com', port: 993 }],
		['192.0.2.1:1143', '1143', { host: '192.0.2.1', port: 1143 }],
		['2001:db8::993', undefined, { host: '2001:db8::993' }],
		['[2001:db8::1]', 993, { host: '2001:db8::1', port: 993 }],
		['[2001:db8::1]:993', undefined, { host: '2001:db8::1', port: 993 }],
	])('%s and port %s', (host, port, split) => {
		expect(hostAndPort(host, port)).toEqual(split);
	});

	it.each([
		'',
		'  ',
		'imap://imap.example.com',
		'imap.example.com/inbox',
		'u@imap.example.com',
		':993',
		'a:b',
		'[]:993',
	])('%j is not a host', (host) => {
		expect(hostAndPort(host)).toBeUndefined();
	});

	it('two ports that differ are an error that says what to correct', () => {
		expect(() => hostAndPort('imap.example.com:143', 993)).toThrow(
			expect.objectContaining({
				code: 'SETTING_INVALID',
				message: "'Host' ends with port 143, but 'Port' is 993",
				hint: "Remove the port from 'Host', or set 'Port' to 143.",
			}),
		);
	});

	it.each(['imap.example.com:0', 'imap.example.com:65536', `imap.example.com:${'9'.repeat(400)}`])(
		'a port that does not exist is refused: %s',
		(host) => {
			expect(() => hostAndPort(host)).toThrow("'Host' ends with a port that does not exist");
		},
	);

	it('is understood for IMAP, and its conflict has the code of the mailbox', () => {
		const credential = { user: 'soc@example.com', password: 'p', security: 'tls' as const };
		expect(() => new ImapMailbox({ ...credential, host: 'imap.example.com:993', port: 993 })).not.toThrow();
		expect(() => new ImapMailbox({ ...credential, host: 'imap.example.com:143', port: 993 })).toThrow(
			expect.objectContaining({ code: 'MAILBOX_CONFIGURATION' }),
		);
	});

	it('is understood for Cisco Secure Email', () => {
		const account = { user: 'u', passphrase: 'p' };
		expect(() => new EsaClient({ ...account, host: 'esa.example.com:6443', port: 6443 })).not.toThrow();
		expect(() => new EsaClient({ ...account, host: 'esa.example.com:6443', port: 4431 })).toThrow(
			expect.objectContaining({ code: 'ESA_CONFIGURATION' }),
		);
	});
});

describe('what travels in clear text', () => {
	it.each([
		['http://opencti.example.com', true],
		['HTTP://192.0.2.1:8080/path', true],
		['https://opencti.example.com', false],
		// Completed with https.
		['opencti.example.com', false],
		// It does not leave the machine.
		['http://localhost:8080', false],
		['http://127.0.0.1:8080', false],
		['http://[::1]:8080', false],
		['http://127.0.0.1.example.com', true],
		['not a url', false],
	])('%s: %s', (url, inClear) => {
		expect(sendsInClearText(url)).toBe(inClear);
	});
});
