import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { isError } from '../../lib/errors';
import { microsoftHuntAccess, type MicrosoftHuntTrial } from '../../lib/microsoftHunt';
import { problemText } from './credentialTest';
import { graphConnection, graphMailbox } from './graph';

/** What the credential is for, by the nodes that use it. */
const MAILBOX_NODES = ['Microsoft 365 Mailbox Trigger', 'Mailbox Reader'];
const HUNTS = { defender: 'Microsoft 365 Hunt: Defender', messageTrace: 'Microsoft 365 Hunt: Message Trace' } as const;

/** What was found out. */
interface Findings {
	works: string[];
	/** Nodes that do not work, each with what it takes. Nobody promised that they do. */
	lacking: string[];
	/** What ought to work and does not, each as a sentence. */
	problems: string[];
	remarks: string[];
}

/**
 * Test of the credential: signs in, reads the folders of its mailbox if it names one, and tries each hunt that the token permits. It says
 * with which nodes the credential works, and fails where something that it names or that is permitted does not.
 */
export async function graphLogin(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		return await tested(this, credential.data ?? {});
	} catch (error) {
		return { status: 'Error', message: problemText(error) };
	}
}

async function tested(
	context: ICredentialTestFunctions,
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const { permissions, ...trials } = await microsoftHuntAccess(graphConnection(context, data));
	const found: Findings = { works: [], lacking: [], problems: [], remarks: [] };
	const folders = await tryMailbox(context, data, found);
	for (const name of ['defender', 'messageTrace'] as const) addTrial(HUNTS[name], trials[name], found);
	const { works, lacking, problems, remarks } = found;
	if (works.length === 0 && problems.length === 0)
		problems.push('No node can use this credential: enter a mailbox, or grant the application a permission to hunt.');
	const about = [
		permissions.length === 0
			? 'The token has no application permission; what Exchange assigns is in no token.'
			: `Application permissions: ${permissions.join(', ')}.`,
		...(works.length === 0 ? [] : [`Works with: ${works.join('; ')}.`]),
		...(lacking.length === 0 ? [] : [`Not with: ${lacking.join('; ')}.`]),
		...remarks,
	];
	if (problems.length > 0) return { status: 'Error', message: [...problems, ...about].join(' ') };
	const success = folders === undefined ? 'Connection successful.' : `Connection successful, ${folders} folders found.`;
	return { status: 'OK', message: [success, ...about].join(' ') };
}

/** How many folders the mailbox has; undefined without one. */
async function tryMailbox(
	context: ICredentialTestFunctions,
	data: ICredentialDataDecryptedObject,
	{ works, lacking, problems }: Findings,
): Promise<number | undefined> {
	if (((data.mailbox as string | undefined) ?? '').trim() === '') {
		lacking.push(...MAILBOX_NODES.map((name) => `${name} (no mailbox to test)`));
		return undefined;
	}
	try {
		const mailbox = graphMailbox(context, data);
		try {
			const { folders } = await mailbox.test();
			works.push(...MAILBOX_NODES);
			return folders.length;
		} finally {
			await mailbox.close();
		}
	} catch (error) {
		problems.push(problemText(error), "If the application only hunts, leave 'Mailbox' empty.");
		return undefined;
	}
}

function addTrial(node: string, { state, permission, error, remarks }: MicrosoftHuntTrial, found: Findings): void {
	if (state === 'works') {
		found.works.push(node);
		found.remarks.push(...remarks);
	} else if (state === 'not-granted') found.lacking.push(`${node} (needs ${permission})`);
	else found.problems.push(`${node} does not work: ${isError(error) ? problemText(error) : 'unknown error'}`);
}
