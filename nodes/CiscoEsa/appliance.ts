import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import { EsaClient, type EsaProduct } from '../../lib/esa';
import { networkOptions } from '../shared/network';

/** The appliance that an `emailIntelCiscoEsaApi` credential describes. What it is asked, n8n's log says at the level debug. */
export function esaClient(credential: ICredentialDataDecryptedObject, context?: IExecuteFunctions): EsaClient {
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
		logger: context?.logger,
		...networkOptions(credential, context),
	});
}
