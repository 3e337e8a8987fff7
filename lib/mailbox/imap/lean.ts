import type { ImapFlow } from 'imapflow';
import { isRefusal } from './explain';

/** What a lean connection leaves out when it logs in, to be asked for when something does not go as it should. */
export interface LeftOut {
	/** Tells the server who asks, where it knows ID: 163.com and its like open no folder before (node-imap#908). */
	introduce(): Promise<void>;
	/** Learns the prefix and the separator of the user's own folders. */
	learnNamespace(): Promise<void>;
}

type Command = (connection: Flow, ...parameters: never[]) => Promise<unknown>;
interface Flow {
	commands: Map<string, Command>;
	capabilities: Map<string, unknown>;
	options: { clientInfo?: object };
	authCapabilities: Map<string, unknown>;
	exec(command: string, attributes: object[], options: object): Promise<{ next(): void }>;
	write(text: string): void;
	run(command: string, ...parameters: unknown[]): Promise<unknown>;
	clientInfo?: object;
}

const NOTHING = () => Promise.resolve(undefined);

/**
 * Lets a connection do what a poll needs and nothing else. imapflow sends AUTHENTICATE in two parts, and ID (twice), NAMESPACE, ENABLE
 * and LIST before a folder is opened: seven round trips, of which none is needed where mail is only looked for.
 */
export function makeLean(client: ImapFlow): LeftOut {
	const flow = client as unknown as Flow;
	const usual = flow.commands;
	const commands = new Map(usual);
	flow.commands = commands;
	for (const name of ['ID', 'NAMESPACE', 'ENABLE']) commands.set(name, NOTHING);
	const now = async (name: string, ...parameters: unknown[]) => {
		const command = usual.get(name);
		if (command === undefined || commands.get(name) === command) return;
		commands.set(name, command);
		await flow.run(name, ...parameters);
	};
	return {
		introduce: async () => {
			if (flow.capabilities.has('ID')) await now('ID', flow.clientInfo);
		},
		learnNamespace: async () => await now('NAMESPACE'),
	};
}

/** Sends the answer of SASL PLAIN together with the command, where the server takes it so (RFC 4959): a round trip less. */
export function sendPlainAtOnce(client: ImapFlow): void {
	const flow = client as unknown as Flow;
	const usual = flow.commands.get('AUTHENTICATE') as
		((connection: Flow, user: string, credential: Credential) => Promise<unknown>) | undefined;
	if (usual === undefined) return;
	flow.commands = new Map(flow.commands);
	flow.commands.set('AUTHENTICATE', async (connection: Flow, user: string, credential: Credential) => {
		const { password, accessToken, loginMethod } = credential;
		const has = (name: string) => connection.capabilities.has(name);
		const isPlain = has('SASL-IR') && has('AUTH=PLAIN') && !accessToken && !loginMethod;
		if (!isPlain || password === undefined || `${user}${password}`.includes('\0'))
			return await usual(connection, user, credential);
		const answer = Buffer.from(`\0${user}\0${password}`).toString('base64');
		try {
			const response = await connection.exec(
				'AUTHENTICATE',
				[
					{ type: 'ATOM', value: 'PLAIN' },
					{ type: 'ATOM', value: answer, sensitive: true },
				],
				// A server that asks for it all the same.
				{ onPlusTag: () => Promise.resolve(connection.write(answer)) },
			);
			response.next();
			connection.authCapabilities.set('AUTH=PLAIN', true);
			return user;
		} catch (error) {
			if (isRefusal(error)) Object.assign(error as object, { authenticationFailed: true });
			throw error;
		}
	});
}

interface Credential {
	password?: string;
	accessToken?: string;
	loginMethod?: string;
}
