import type { INodeProperties } from 'n8n-workflow';

/** How a server is reached: the same fields in every credential of this pack. */
export const connectionFields: INodeProperties[] = [
	{
		displayName: 'CA Certificate',
		name: 'caCertificate',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: '-----BEGIN CERTIFICATE-----',
		description: "PEM text of the authority that issued the server's certificate, when it is your own",
	},
	{
		displayName: 'Verify TLS Certificate',
		name: 'verifyTls',
		type: 'boolean',
		default: true,
		description:
			'Whether the certificate must be valid. Turn it off only in a lab: anybody in between could read what is sent.',
	},
	{
		displayName: 'Proxy',
		name: 'proxy',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		placeholder: 'e.g. http://proxy.example.com:3128',
		description: 'URL of an HTTP or SOCKS proxy, with user:password@ when it asks for them',
	},
];
