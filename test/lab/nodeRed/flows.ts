import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './install';
import type { FlowEntry } from './server';

const folder = join(packageFolder, 'examples');

/** The examples of Node-RED's import menu, by name. */
export const exampleNames = (): string[] =>
	readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.map((name) => name.slice(0, -'.json'.length))
		.sort();

export const exampleFlow = (name: string): FlowEntry[] =>
	JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as FlowEntry[];

/** The peers of the lab that accounts point to. */
export interface FlowPeers {
	imap: { host: string; port: number; user: string; password: string };
	openCti?: { url: string; token: string };
	appliance?: { url: string; user: string; passphrase: string };
	microsoft?: { ca: string; [field: string]: unknown };
}

/** Flows whose accounts are those of the lab. */
export function withAccounts(
	flow: readonly FlowEntry[],
	{ imap, openCti, appliance, microsoft }: FlowPeers,
): FlowEntry[] {
	const accounts: Record<string, object | undefined> = {
		'email-intel-imap': {
			host: imap.host,
			port: String(imap.port),
			user: imap.user,
			security: 'none',
			credentials: { password: imap.password },
		},
		'email-intel-opencti': openCti && { url: openCti.url, credentials: { token: openCti.token } },
		'email-intel-cisco': appliance && {
			url: appliance.url,
			user: appliance.user,
			credentials: { passphrase: appliance.passphrase },
		},
		'email-intel-microsoft': microsoft && microsoftAccount(microsoft),
	};
	return flow.map((entry) => ({ ...entry, ...accounts[entry.type] }));
}

function microsoftAccount({ ca, clientSecret, ...application }: NonNullable<FlowPeers['microsoft']>): object {
	return {
		...application,
		signInWith: 'secret',
		mailbox: 'soc@example.com',
		caCertificate: ca,
		verifyTls: true,
		credentials: { clientSecret },
	};
}

/** Mailbox nodes that poll each second, and look back as far as there is mail. */
export const impatient = (flow: readonly FlowEntry[], more: object = {}): FlowEntry[] =>
	flow.map((entry) =>
		entry.type === 'email-intel-mailbox-in' ? { ...entry, interval: '1', firstRun: 'all', ...more } : entry,
	);
