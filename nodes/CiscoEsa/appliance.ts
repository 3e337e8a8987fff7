import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { EsaClient, type EsaProduct } from '../../lib/esa';
import { networkOptions } from '../shared/network';

/** The appliance that an `emailIntelCiscoEsaApi` credential describes. */
export function esaClient(credential: ICredentialDataDecryptedObject, context?: unknown): EsaClient {
	const { url, product, user, passphrase } = credential as {
		url?: string;
		product?: EsaProduct;
		user?: string;
		passphrase?: string;
	};
	return new EsaClient({
		url: url ?? '',
		product: product ?? 'ESA',
		user: user ?? '',
		passphrase: passphrase ?? '',
		...networkOptions(credential, context),
	});
}
