import { startServer, type LabServer } from '../http/server';
import { selfSigned } from '../tls/certificate';
import { GraphLab } from './api';
import { EntraLab, type LabApp } from './entra';
import { LabMailbox } from './exchange';
import { seeded } from './random';

export type { GraphService, Throttling } from './api';
export { LabRefusal } from './odata';
export type { GraphFault } from './faults';
export type { EntraFault, LabApp } from './entra';
export { GraphLab } from './api';
export { EntraLab } from './entra';
export { LabMailbox } from './exchange';
export type { LabAttachment, LabFolder, LabMessage, NewMessage } from './exchange';
export { seeded } from './random';
export { PROPERTIES } from './metadata';
export { arrange, SITUATIONS, type Situation, type SituationName } from './situations';

export interface MicrosoftLabOptions {
	/** Default: one application with a secret and Mail.Read. */
	apps?: LabApp[];
	/** Addresses of the mailboxes. Default `soc@example.com`. */
	mailboxes?: string[];
	seed?: number;
	/** Milliseconds since the epoch. Default: the clock. */
	now?: () => number;
}

export const LAB_TENANT = '11111111-2222-4333-8444-555555555555';
export const LAB_CLIENT = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
/** With characters that a form has to encode. */
export const LAB_SECRET = 'lab~secret+with &odd=%chars';

/** Microsoft Entra and Microsoft Graph on loopback, over HTTPS. */
export class MicrosoftLab {
	readonly #servers: LabServer[];
	readonly #now: () => number;

	private constructor(
		/** PEM of the CA that both servers' certificate is signed by. */
		readonly ca: string,
		readonly entra: EntraLab,
		readonly graph: GraphLab,
		servers: LabServer[],
		now: () => number,
	) {
		this.#servers = servers;
		this.#now = now;
	}

	static async start(options: MicrosoftLabOptions = {}): Promise<MicrosoftLab> {
		const { now = Date.now, seed = 1 } = options;
		const random = seeded(seed);
		const certificate = await selfSigned();
		const entra = new EntraLab({
			tenant: LAB_TENANT,
			domain: 'example.onmicrosoft.com',
			now,
			apps: options.apps ?? [{ clientId: LAB_CLIENT, secret: LAB_SECRET, roles: ['Mail.Read'] }],
		});
		const graph = new GraphLab(entra, now, random);
		for (const address of options.mailboxes ?? ['soc@example.com'])
			graph.mailboxes.set(address.toLowerCase(), new LabMailbox(address, random, now));
		const servers = [
			await startServer((request, response, body) => entra.handle(request, response, body), certificate),
			await startServer((request, response, body) => graph.handle(request, response, body), certificate),
		];
		entra.url = servers[0]!.url;
		entra.graphUrl = graph.url = servers[1]!.url;
		return new MicrosoftLab(certificate.cert, entra, graph, servers, now);
	}

	get authorityUrl(): string {
		return this.entra.url;
	}

	get graphUrl(): string {
		return this.graph.url;
	}

	/** The default application's way in. */
	credential() {
		return {
			tenant: LAB_TENANT,
			clientId: LAB_CLIENT,
			clientSecret: LAB_SECRET,
			cloud: 'custom' as const,
			authorityUrl: this.authorityUrl,
			graphUrl: this.graphUrl,
			ca: this.ca,
		};
	}

	/** Tokens straight from the tenant's key, for tests that are not about signing in. */
	tokens(roles: string[] = ['Mail.Read'], clientId = LAB_CLIENT) {
		return {
			token: async () => {
				const now = Math.floor(this.#now() / 1000);
				return this.entra.sign({
					aud: this.graphUrl,
					tid: LAB_TENANT,
					appid: clientId,
					roles,
					nbf: now - 5,
					exp: now + 3600,
				});
			},
		};
	}

	async close(): Promise<void> {
		await Promise.all(this.#servers.map((server) => server.close()));
	}
}
