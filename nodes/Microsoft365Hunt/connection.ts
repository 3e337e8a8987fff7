import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';
import type { MicrosoftHuntOptions } from '../../lib/microsoftHunt';
import { type Clients, type Closable } from '../shared/clients';
import { graphConnection } from '../shared/graph';

/** How clients of one kind are made, one for each credential. */
export const connecting =
	<Client extends Closable>(open: (options: MicrosoftHuntOptions) => Client) =>
	async (context: IExecuteFunctions, itemIndex: number, clients: Clients<Client>): Promise<Client> => {
		const credential = await context.getCredentials<ICredentialDataDecryptedObject>('emailIntelGraphApi', itemIndex);
		return await clients.of({ credential }, () => open(graphConnection(context, credential)));
	};
