import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { NetworkOptions } from '../../lib/http';

/** The part of n8n that knows its egress rules; absent in older versions and in credential tests. */
interface EgressAware {
	helpers?: {
		getSecureEgressFilter?: () => {
			createSecureLookup(): NetworkOptions['lookup'];
			validateUrl(url: URL): Promise<{ ok: boolean; error?: Error }>;
		};
	};
}

/** CA, TLS and proxy fields of a credential, and n8n's egress rules where it has them. */
export function networkOptions(credential: ICredentialDataDecryptedObject, context?: unknown): NetworkOptions {
	const egress = (context as EgressAware | undefined)?.helpers?.getSecureEgressFilter?.();
	return {
		...text(credential, 'caCertificate', 'ca'),
		...text(credential, 'proxy', 'proxy'),
		verifyTls: credential.verifyTls !== false,
		...(egress
			? {
					lookup: egress.createSecureLookup(),
					validateUrl: async (url: URL) => {
						const result = await egress.validateUrl(url);
						if (!result.ok) throw result.error ?? new Error('The egress rules of n8n do not allow this address');
					},
				}
			: {}),
	};
}

function text<K extends string>(
	credential: ICredentialDataDecryptedObject,
	field: string,
	key: K,
): Partial<Record<K, string>> {
	const value = credential[field];
	return typeof value === 'string' && value.trim() !== '' ? ({ [key]: value.trim() } as Record<K, string>) : {};
}
