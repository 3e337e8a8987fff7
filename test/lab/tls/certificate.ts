import { generate } from 'selfsigned';

export interface Certificate {
	/** PEM private key. */
	key: string;
	/** PEM certificate; it is its own CA. */
	cert: string;
}

/** A certificate for 127.0.0.1 and localhost, or for another host name. */
export async function selfSigned(host = 'localhost'): Promise<Certificate> {
	const names =
		host === 'localhost'
			? [
					{ type: 2 as const, value: 'localhost' },
					{ type: 7 as const, ip: '127.0.0.1' },
				]
			: [{ type: 2 as const, value: host }];
	const pems = await generate([{ name: 'commonName', value: host }], {
		keyType: 'ec',
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'subjectAltName', altNames: names },
		],
	} as never);
	return { key: pems.private, cert: pems.cert };
}
