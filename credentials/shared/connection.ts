import type { INodeProperties } from 'n8n-workflow';

/** As people write the scheme. */
const CLEAR_TEXT = ['http://', 'HTTP://', 'Http://'];
/** This machine, as people write it: nothing that is sent to it leaves it. */
const HERE = CLEAR_TEXT.flatMap((scheme) => ['localhost', '127.0.0.1', '[::1]'].map((host) => `${scheme}${host}`));

/**
 * Shown below 'URL' as long as it is an http address of another machine: what is sent to it can be read on the way. No regular expression:
 * n8n stops one after 250 ms, and on a busy machine the item that needs the credential would fail. Of rarer spellings the nodes tell.
 */
export const clearTextNotice: INodeProperties = {
	displayName: 'This URL is not encrypted: the secret is sent in clear text. Use https:// if the server supports it.',
	name: 'clearTextNotice',
	type: 'notice',
	default: '',
	displayOptions: {
		show: { url: CLEAR_TEXT.map((startsWith) => ({ _cnd: { startsWith } })) },
		hide: {
			url: HERE.flatMap((here) => [
				{ _cnd: { eq: here } },
				{ _cnd: { startsWith: `${here}:` } },
				{ _cnd: { startsWith: `${here}/` } },
			]),
		},
	},
};

/** How a server is reached: the same fields in every credential of this pack. */
export const connectionFields: INodeProperties[] = [
	{
		displayName: 'CA Certificate',
		name: 'caCertificate',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: '-----BEGIN CERTIFICATE-----',
		description:
			'PEM text of the certificate authority that issued the server certificate. Only needed for a private authority.',
	},
	{
		displayName: 'Verify TLS Certificate',
		name: 'verifyTls',
		type: 'boolean',
		default: true,
		description:
			'Whether the server certificate must be valid. Turn this off only in a lab, because anyone on the network path could read the traffic.',
	},
	{
		displayName: 'Proxy',
		name: 'proxy',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		placeholder: 'e.g. http://proxy.example.com:3128',
		description: 'URL of an HTTP or SOCKS proxy, with user:password@ before the host if the proxy requires a login',
	},
];
