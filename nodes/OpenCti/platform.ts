import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { OpenCtiClient, type PlatformInfo } from '../../lib/opencti';
import { networkOptions } from '../shared/network';

/** The platform that an `emailIntelOpenCtiApi` credential describes. */
export function openCtiClient(credential: ICredentialDataDecryptedObject, context?: unknown): OpenCtiClient {
	const { url, token } = credential as { url?: string; token?: string };
	return new OpenCtiClient({ url: url ?? '', token: token ?? '', ...networkOptions(credential, context) });
}

/** What the credential dialog shows after a login. */
export function platformSummary({ version, user, missingCapabilities }: PlatformInfo): string {
	const login = `OpenCTI ${version}, signed in as ${user.name}`;
	if (missingCapabilities.length === 0) return login;
	return `${login}. The user lacks ${missingCapabilities.join(' and ')}: reports cannot be created until a role grants it.`;
}
