import type { INodeCredentialTestResult } from 'n8n-workflow';
import { EmailIntelError, messageOf } from '../../lib/errors';

/**
 * Opens a connection, logs in for real and turns the outcome into what the credential dialog shows. Settings that cannot be
 * used are told in the same way; the connection is closed in any case.
 */
export async function credentialTestResult<Connection extends { close(): Promise<void> }>(
	open: () => Connection,
	login: (connection: Connection) => Promise<string>,
): Promise<INodeCredentialTestResult> {
	try {
		const connection = open();
		try {
			return { status: 'OK', message: await login(connection) };
		} finally {
			await connection.close();
		}
	} catch (error) {
		return { status: 'Error', message: problemText(error) };
	}
}

/** What went wrong, and what to do, as sentences. */
export function problemText(error: unknown): string {
	const hint = error instanceof EmailIntelError && error.hint !== undefined ? ` ${error.hint}` : '';
	const message = messageOf(error);
	return `${message}${/[.!?]$/.test(message) ? '' : '.'}${hint}`;
}
