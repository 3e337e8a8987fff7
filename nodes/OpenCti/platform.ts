import type { ICredentialDataDecryptedObject, Logger } from 'n8n-workflow';
import {
	capabilityName,
	GRANT_HINT,
	NEEDED_CAPABILITIES,
	OpenCtiClient,
	OpenCtiError,
	type PlatformInfo,
} from '../../lib/opencti';
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

/**
 * What the credential dialog shows after a login.
 *
 * @throws OpenCtiError `OPENCTI_FORBIDDEN` when the user may not do what all work with messages needs: n8n shows nothing but "OK" of a
 * test that succeeds
 */
export function platformSummary({ version, user, missingCapabilities, organizations }: PlatformInfo): string {
	const of = organizations.length === 0 ? '' : ` of ${organizations.join(', ')}`;
	const login = `OpenCTI ${version}, signed in as ${user.name}${of}`;
	const missing = missingCapabilities.filter((capability) => capability === NEEDED_CAPABILITIES[0]);
	if (missing.length === 0) return login;
	throw new OpenCtiError(
		'OPENCTI_FORBIDDEN',
		`${login}. This user lacks the capability ${missing.map(capabilityName).join(' and ')}: no report, case or object can be made`,
		{ hint: GRANT_HINT, missingCapabilities: missing },
	);
}
