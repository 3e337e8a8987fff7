import { isError } from '../errors';
import { Connection, type MicrosoftHuntOptions } from './connection';
import { DEFENDER_PERMISSION, DefenderClient } from './defender';
import { MessageTraceClient, TRACE_PERMISSION } from './trace';

/** Whether an application can hunt in one place. */
export interface MicrosoftHuntTrial {
	/** The application permission of Graph that it takes. */
	permission: string;
	/** `not-granted`: the token has no such permission, and nothing was asked. */
	state: 'works' | 'not-granted' | 'failed';
	/** Why it failed. */
	error?: Error;
	/** What hunts will miss, each as a sentence. */
	remarks: string[];
}

/** What an application may do, as its token says, and as was tried. */
export interface MicrosoftHuntAccess {
	/** Application permissions in a new token. What Exchange assigns (RBAC for Applications) is in no token. */
	permissions: string[];
	defender: MicrosoftHuntTrial;
	messageTrace: MicrosoftHuntTrial;
}

/**
 * Signs in anew, reads what the application may do, and tries each hunt that it may: two small requests to Defender, one to message
 * trace.
 *
 * @throws MicrosoftHuntError when it cannot sign in; what a trial failed with is in its place
 */
export async function microsoftHuntAccess(options: MicrosoftHuntOptions): Promise<MicrosoftHuntAccess> {
	const permissions = await signedIn(options);
	const tried = async <Client extends { test(): Promise<string[]>; close(): Promise<void> }>(
		permission: string,
		open: () => Client,
	): Promise<MicrosoftHuntTrial> => {
		if (!permissions.includes(permission)) return { permission, state: 'not-granted', remarks: [] };
		try {
			const client = open();
			try {
				return { permission, state: 'works', remarks: await client.test() };
			} finally {
				await client.close();
			}
		} catch (error) {
			return { permission, state: 'failed', error: isError(error) ? error : new TypeError(String(error)), remarks: [] };
		}
	};
	return {
		permissions,
		defender: await tried(DEFENDER_PERMISSION, () => new DefenderClient(options)),
		messageTrace: await tried(TRACE_PERMISSION, () => new MessageTraceClient(options)),
	};
}

async function signedIn(options: MicrosoftHuntOptions): Promise<string[]> {
	const connection = new Connection(options, { name: 'signIn', meanings: { byCode: {}, byStatus: {} } });
	try {
		return await connection.signIn();
	} finally {
		await connection.close();
	}
}
