import type { INodeCredentialTestResult } from 'n8n-workflow';
import { EmailIntelError, messageOf } from '../../lib/errors';

/** Runs a real login and turns its outcome into what the credential dialog shows. */
export async function credentialTestResult(login: () => Promise<string>): Promise<INodeCredentialTestResult> {
	try {
		return { status: 'OK', message: await login() };
	} catch (error) {
		const hint = error instanceof EmailIntelError && error.hint !== undefined ? ` ${error.hint}` : '';
		return { status: 'Error', message: `${messageOf(error)}${/[.!?]$/.test(messageOf(error)) ? '' : '.'}${hint}` };
	}
}
