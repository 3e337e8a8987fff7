import { isRecord } from '../../lib/json';
import type { Logger } from '../../lib/logger';
import { lazy } from '../../lib/lazy';
import type { Account, AccountKind } from './account';
import { NodeRedError, shownError } from './errors';
import type { AdminHandler, FlowNode, NodeConfig, Runtime } from './runtime';
import { plainText, textOf } from './settings';

const connections = lazy(() => require('./connections') as typeof import('./connections'));

/** A config node of ours. */
export interface AccountNode extends FlowNode {
	account: Account;
}

/** The types of Node-RED that hold accounts. */
export const accountType = (kind: AccountKind): string => `email-intel-${kind}`;

/** As users know them. */
const NAMES: Readonly<Record<AccountKind, string>> = {
	imap: 'IMAP account',
	gmail: 'Gmail account',
	microsoft: 'Microsoft 365 account',
	cisco: 'Cisco Secure Email account',
	opencti: 'OpenCTI account',
};

/** The account that a node has chosen. @throws NodeRedError `NODE_RED_ACCOUNT_MISSING` */
export function accountOf(RED: Runtime, config: NodeConfig, kind: AccountKind): Account {
	const id = plainText(NAMES[kind], config[kind]);
	const node = id === '' ? undefined : (RED.nodes.getNode(id) as AccountNode | null | undefined);
	if (node?.account?.kind === kind) return node.account;
	const what = id === '' ? `No ${NAMES[kind]} is selected` : `The ${NAMES[kind]} is gone`;
	throw new NodeRedError('NODE_RED_ACCOUNT_MISSING', what, {
		hint: 'Open the node and select an account that exists and is not disabled.',
	});
}

/**
 * Registers a type of accounts, with what the editor asks the runtime about one: whether it can log in, and which folders or choices it
 * has. All need the right to change flows, for whoever has it could deploy the same.
 *
 * @param secrets Names of the fields that Node-RED keeps apart, and never shows again.
 */
export function registerAccount(RED: Runtime, kind: AccountKind, secrets: readonly string[]): void {
	const credentials = Object.fromEntries(secrets.map((name) => [name, { type: 'password' as const }]));
	RED.nodes.registerType(
		accountType(kind),
		function (this: FlowNode, config: NodeConfig) {
			RED.nodes.createNode(this, config);
			const logger: Logger = { debug: (text) => this.debug(text), warn: (text) => this.warn(text) };
			(this as AccountNode).account = { kind, fields: { ...config, ...this.credentials }, logger };
		},
		{ credentials },
	);
	const allowed = RED.auth.needsPermission('flows.write');
	RED.httpAdmin.post(
		`/email-intel/${kind}/test`,
		allowed,
		asking(RED, kind, async (account) => {
			return { message: await connections().testAccount(account) };
		}),
	);
	RED.httpAdmin.post(
		`/email-intel/${kind}/folders`,
		allowed,
		asking(RED, kind, async (account, { mailbox }) => {
			return await connections().foldersOf(account, textOf(mailbox));
		}),
	);
	RED.httpAdmin.post(
		`/email-intel/${kind}/choices`,
		allowed,
		asking(RED, kind, async (account, { what, search }) => {
			return await connections().choicesOf(account, textOf(what), textOf(search));
		}),
	);
}

/** What the editor sends in place of a secret that it has not been told. */
const UNCHANGED = '__PWRD__';

function asking(
	RED: Runtime,
	kind: AccountKind,
	answer: (account: Account, body: Record<string, unknown>) => Promise<object>,
): AdminHandler {
	return (request, response) => {
		const body = isRecord(request.body) ? request.body : {};
		Promise.resolve()
			.then(async () => await answer(editedAccount(RED, kind, body), body))
			.then(
				(said) => response.json({ ok: true, ...said }),
				(error: unknown) => response.json({ ok: false, message: shownError(error).message }),
			);
	};
}

/** The account as the editor has it at the moment, perhaps not deployed: the secrets that were not changed are those that are stored. */
function editedAccount(RED: Runtime, kind: AccountKind, { id, fields, credentials }: Record<string, unknown>): Account {
	const node = typeof id === 'string' ? RED.nodes.getNode(id) : undefined;
	const isOurs = node?.type === accountType(kind);
	const stored = (isOurs && typeof id === 'string' ? RED.nodes.getCredentials(id) : undefined) ?? {};
	const edited = Object.entries(isRecord(credentials) ? credentials : {}).filter(([, value]) => value !== UNCHANGED);
	return { kind, fields: { ...(isRecord(fields) ? fields : {}), ...stored, ...Object.fromEntries(edited) } };
}
