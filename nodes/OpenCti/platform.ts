import type { ICredentialDataDecryptedObject, Logger } from 'n8n-workflow';
import { OpenCtiClient } from '../../lib/opencti';
import { networkOptions } from '../shared/network';
import type { OperationModule } from '../shared/operation';
import type { Workspace } from './workspace';

/** The operations of one resource, by name. */
export type OpenCtiOperations = Record<string, OperationModule<OpenCtiClient>>;

/** The platform that an `emailIntelOpenCtiApi` credential describes. */
export function openCtiClient(
	credential: ICredentialDataDecryptedObject,
	context?: { logger: Logger },
	workspace: Workspace = 'live',
): OpenCtiClient {
	const { url, token } = credential as { url?: string; token?: string };
	return new OpenCtiClient({
		url: url ?? '',
		token: token ?? '',
		workspace,
		...networkOptions(credential, context),
		...(context === undefined ? {} : { logger: context.logger }),
	});
}
