import { createDispatcher, systemClock, type Clock, type NetworkOptions } from '../http';
import { MICROSOFT_HUNT_LIMITS } from '../limits';
import type { Logger } from '../logger';
import {
	cloudOf,
	EntraTokens,
	GraphClient,
	rolesOf,
	type AppCredential,
	type Cloud,
	type CloudChoice,
	type GraphAnswer,
	type GraphMeanings,
	type GraphQuery,
	type GraphRequest,
	type TokenSource,
} from '../microsoft';
import { toHuntError } from './errors';

/** Which tenant of Microsoft 365 is hunted in, as which application, and how it is reached. */
export interface MicrosoftHuntOptions extends AppCredential, CloudChoice, NetworkOptions {
	clock?: Clock | undefined;
	/** Tokens from elsewhere, instead of tenant, client ID and secret or certificate. */
	tokens?: TokenSource | undefined;
	/** Told of every request at the level debug, those for tokens included: method, origin, path, status, bytes and milliseconds. */
	logger?: Logger | undefined;
}

/** What one of the services behind Graph brings along. */
interface Service {
	/** Its requests in flight are counted apart from those of others. */
	name: string;
	meanings: GraphMeanings;
	/** Waits before each try of a request. */
	beforeEach?: () => Promise<void>;
}

/** Requests to a service behind Graph; what it says no with becomes a {@link MicrosoftHuntError}. */
export class Connection {
	readonly cloud: Cloud;
	readonly clock: Clock;
	readonly #client: GraphClient;
	readonly #tokens: TokenSource;
	readonly #closeConnections: () => Promise<void>;

	/** @throws MicrosoftHuntError `M365_CONFIGURATION` */
	constructor(options: MicrosoftHuntOptions, { name, meanings, beforeEach }: Service) {
		this.clock = options.clock ?? systemClock;
		const dispatcher = createDispatcher(options);
		this.#closeConnections = () => dispatcher.destroy();
		try {
			this.cloud = cloudOf(options);
			const { clock } = this;
			const { validateUrl, logger } = options;
			const http = { dispatcher, clock, ...(validateUrl ? { validateUrl } : {}), ...(logger ? { logger } : {}) };
			const tokens = options.tokens ?? new EntraTokens({ ...options, cloud: this.cloud, ...http });
			this.#tokens = tokens;
			this.#client = new GraphClient({
				graphUrl: this.cloud.graphUrl,
				gate: `${name}:${options.clientId}`,
				// The one place that every try passes, those after a refusal too.
				tokens: {
					token: async (refused) => {
						const token = await tokens.token(refused);
						await beforeEach?.();
						return token;
					},
				},
				concurrency: MICROSOFT_HUNT_LIMITS.parallel,
				meanings,
				clock,
				http,
			});
		} catch (error) {
			throw toHuntError(error);
		}
	}

	/** Signs in anew, and tells which application permissions the token has: one from before may be older than a consent. */
	async signIn(): Promise<string[]> {
		this.#tokens.forget?.();
		return await this.#asked(async () => rolesOf(await this.#tokens.token()));
	}

	async get<T>(request: Omit<GraphRequest, 'deadline'>): Promise<GraphAnswer<T>> {
		return await this.#asked((deadline) => this.#client.get<T>({ ...request, deadline }));
	}

	async post<T>(query: Omit<GraphQuery, 'deadline'>): Promise<GraphAnswer<T>> {
		return await this.#asked((deadline) => this.#client.post<T>({ ...query, deadline }));
	}

	async close(): Promise<void> {
		await this.#client.close();
		await this.#closeConnections();
	}

	async #asked<T>(ask: (deadline: number) => Promise<T>): Promise<T> {
		try {
			return await ask(this.clock.now() + MICROSOFT_HUNT_LIMITS.requestMs);
		} catch (error) {
			throw toHuntError(error);
		}
	}
}
