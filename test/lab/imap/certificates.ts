/** A certificate authority of the lab and a server's certificate signed by it. */
export interface LabCertificate {
	/** PEM of the authority: what a user pastes into the CA field. */
	ca: string;
	key: string;
	cert: string;
}

/** Makes a CA and a certificate for these names (default `localhost` and 127.0.0.1). */
export async function createCertificate(
	names: string[] = ['localhost'],
	addresses: string[] = ['127.0.0.1'],
): Promise<LabCertificate> {
	const { generate } = require('selfsigned') as typeof import('selfsigned');
	const authority = await generate([{ name: 'commonName', value: 'Lab authority' }], {
		keyType: 'ec',
		algorithm: 'sha256',
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	const leaf = await generate([{ name: 'commonName', value: names[0] ?? 'lab' }], {
		keyType: 'ec',
		algorithm: 'sha256',
		ca: { key: authority.private, cert: authority.cert },
		extensions: [
			{ name: 'basicConstraints', cA: false, critical: true },
			{ name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
			{
				name: 'subjectAltName',
				altNames: [
					...names.map((value) => ({ type: 2 as const, value })),
					...addresses.map((ip) => ({ type: 7 as const, ip })),
				],
			},
		],
	});
	return { ca: authority.cert, key: leaf.private, cert: leaf.cert };
}
