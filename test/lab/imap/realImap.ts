import type { ImapFlow } from 'imapflow';

/** How a message arrives. */
export interface Delivery {
	/** As the server names it. Default INBOX. */
	folder?: string;
	/** Time of receipt. Default: now. */
	date?: Date;
}

/** What the tests need of a real IMAP server, whichever it is. */
export interface RealImap {
	readonly host: string;
	/** Plain and STARTTLS. */
	readonly port: number;
	/** TLS from the start. */
	readonly tlsPort: number;
	/** PEM of the authority that signed its certificate. */
	readonly ca: string;
	readonly user: string;
	readonly password: string;
	/** What the names of the user's own folders begin with. */
	readonly prefix: string;
	readonly separator: string;
	/** Delivers as its mail transport does. */
	deliver(raw: string | Buffer, delivery?: Delivery): void | Promise<void>;
	/** Its log, for a test that fails. */
	log(): string;
	/** Ends it, and keeps its mail for {@link resume}. */
	halt(): Promise<void>;
	/** Starts it again: the same ports, users and mail. */
	resume(): Promise<void>;
	/** Ends it and everything it wrote. */
	stop(): Promise<void>;
}

/** Another client of a real server, for what the product never does. Names of folders are the server's own, in full. */
export async function connectClient(
	server: Pick<RealImap, 'host' | 'port' | 'user' | 'password'>,
	user = server.user,
): Promise<ImapFlow> {
	const { ImapFlow: Client } = require('imapflow') as typeof import('imapflow');
	const client = new Client({
		host: server.host,
		port: server.port,
		secure: false,
		doSTARTTLS: false,
		auth: { user, pass: server.password },
		logger: false,
		disableAutoIdle: true,
		disableCompression: true,
	});
	client.on('error', () => undefined);
	await client.connect();
	// Without it the client puts the prefix before names that lack it.
	const { namespace } = client as unknown as { namespace?: { prefix: string } };
	if (namespace !== undefined) namespace.prefix = '';
	return client;
}

/** Does something as another client of the account. */
export async function asClient<T>(
	server: Pick<RealImap, 'host' | 'port' | 'user' | 'password'>,
	action: (client: ImapFlow) => Promise<T>,
	user = server.user,
): Promise<T> {
	const client = await connectClient(server, user);
	try {
		return await action(client);
	} finally {
		await client.logout();
	}
}

/** A command that imapflow has no method for; its arguments as they go over the wire. */
export async function command(client: ImapFlow, name: string, ...args: string[]): Promise<void> {
	const { exec } = client as unknown as {
		exec(name: string, attributes: object[]): Promise<{ next(): void }>;
	};
	const answer = await exec.call(
		client,
		name,
		args.map((value) => ({ type: 'STRING', value })),
	);
	answer.next();
}
