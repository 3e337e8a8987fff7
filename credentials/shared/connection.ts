import type { INodeProperties } from 'n8n-workflow';

/** Shown below 'URL' as long as it is an http address of another machine: what is sent to it can be read on the way. */
export const clearTextNotice: INodeProperties = {
	displayName: 'This URL is not encrypted: the secret is sent in clear text. Use https:// if the server supports it.',
	name: 'clearTextNotice',
	type: 'notice',
	default: '',
	displayOptions: {
		show: {
			url: [
				{
					_cnd: { regex: '^\\s*[hH][tT][tT][pP]://(?!(?:localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\])(?:[:/]|\\s*$))' },
				},
			],
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
