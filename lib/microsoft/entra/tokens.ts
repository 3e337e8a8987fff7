import { createHash } from 'node:crypto';
import type { Configuration } from '@azure/msal-node';
import { MICROSOFT_LIMITS } from '../../limits';
import { systemClock, type Clock } from '../../http';
import { Secrets } from '../../secrets';
import { MicrosoftError } from '../errors';
import { readCertificate, type CertificateCredential } from './certificate';
import { isMicrosoftAuthority, type Cloud } from './clouds';
import { toEntraError } from './explain';
import { EntraNetwork, type EntraConnection } from './network';

/** An application of a tenant, without a user (OAuth 2.0 client credentials, RFC 6749 section 4.4). */
export interface AppCredential {
	/** Directory ID, or a verified domain. */
	tenant: string;
	/** Application ID. */
	clientId: string;
	/** Either this … */
	clientSecret?: string | undefined;
	/** … or this. */
	certificate?: CertificateCredential | undefined;
}

/** Access tokens for Graph. */
export interface TokenSource {
	/**
	 * `refused` is a token that Graph did not accept: a new one is fetched.
	 *
	 * @throws MicrosoftError
	 */
	token(refused?: string): Promise<string>;
	/** Forgets the token that it knows: the next one is of now, with the permissions that the application has now. */
	forget?(): void;
}

interface CachedToken {
	token: string;
	/** Milliseconds since the epoch. */
	expiresAt: number;
}

/*
 * Tokens live in this process only. They outlive a poll, for Entra blocks applications that sign in again and again
 * (AADSTS50196). The key is a digest over everything that the token depends on, the secret included.
 */
const cache = new Map<string, CachedToken>();
const inFlight = new Map<string, Promise<CachedToken>>();

/** An application, the cloud that it signs in to, and how that is reached. */
export interface EntraTokensOptions extends AppCredential, EntraConnection {
	cloud: Cloud;
	clock?: Clock;
}

/** Tokens of one application, through MSAL; one request at a time, whoever asks. */
export class EntraTokens implements TokenSource {
	readonly #key: string;
	readonly #clock: Clock;

	readonly #options: EntraTokensOptions;

	/** @throws MicrosoftError `MICROSOFT_CONFIGURATION` */
	constructor(options: EntraTokensOptions) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		const { tenant, clientId, clientSecret, certificate, cloud } = options;
		if (!/^[A-Za-z0-9.-]{1,255}$/.test(tenant) || /^(?:common|organizations|consumers)$/i.test(tenant)) {
			throw new MicrosoftError('MICROSOFT_CONFIGURATION', "'Tenant' must identify one organization", {
				hint: "Enter the Directory ID or a verified domain, not 'common' or 'organizations'.",
			});
		}
		if (clientId.trim() === '')
			throw new MicrosoftError('MICROSOFT_CONFIGURATION', 'The client ID is empty', {
				hint: 'Enter the Application (client) ID of the app registration.',
			});
		if (Boolean(clientSecret) === Boolean(certificate)) {
			throw new MicrosoftError('MICROSOFT_CONFIGURATION', 'A client secret or a certificate is required', {
				hint: 'Enter one of them in the credential, not both.',
			});
		}
		const parts = [
			cloud.authorityUrl,
			cloud.graphUrl,
			tenant,
			clientId,
			clientSecret ?? '',
			certificate?.certificate ?? '',
			certificate?.privateKey ?? '',
			certificate?.passphrase ?? '',
		];
		this.#key = createHash('sha256').update(JSON.stringify(parts)).digest('base64');
	}

	async token(refused?: string): Promise<string> {
		const cached = cache.get(this.#key);
		if (
			cached !== undefined &&
			cached.token !== refused &&
			cached.expiresAt - MICROSOFT_LIMITS.tokenMarginMs > this.#clock.now()
		)
			return cached.token;
		let fetching = inFlight.get(this.#key);
		if (fetching === undefined) {
			fetching = this.#fetch().finally(() => inFlight.delete(this.#key));
			inFlight.set(this.#key, fetching);
		}
		return (await fetching).token;
	}

	forget(): void {
		cache.delete(this.#key);
	}

	async #fetch(): Promise<CachedToken> {
		for (let tries = 1; ; tries++) {
			try {
				const fresh = await this.#acquire();
				if (cache.size >= MICROSOFT_LIMITS.maxTokens) cache.delete(cache.keys().next().value!);
				cache.delete(this.#key);
				cache.set(this.#key, fresh);
				return fresh;
			} catch (error) {
				if (!(error instanceof MicrosoftError) || !error.transient || tries >= MICROSOFT_LIMITS.maxTokenTries)
					throw error;
				const wait = error.retryAfterMs ?? 1000 * 2 ** (tries - 1);
				if (wait > MICROSOFT_LIMITS.maxTokenWaitMs) throw error;
				await this.#clock.sleep(wait);
			}
		}
	}

	/**
	 * One token request with an MSAL application of its own: after a 429 or 5xx an application object answers from
	 * memory for a minute or more, although Entra is well again.
	 */
	async #acquire(): Promise<CachedToken> {
		const { cloud, tenant, clientId, clientSecret, certificate } = this.#options;
		const signing = certificate === undefined ? undefined : readCertificate(certificate);
		if (signing !== undefined && signing.notAfter.getTime() < this.#clock.now()) {
			throw new MicrosoftError(
				'MICROSOFT_LOGIN_REFUSED',
				`The certificate expired on ${signing.notAfter.toISOString().slice(0, 10)}`,
				{
					hint: "Create a new one, upload its public part under 'Certificates & secrets' of the app registration, and paste the certificate and its key into the credential.",
				},
			);
		}
		const network = new EntraNetwork(this.#options, () => this.#clock.now());
		const configuration: Configuration = {
			auth: {
				clientId: clientId.trim(),
				authority: `${cloud.authorityUrl}/${tenant}`,
				...(isMicrosoftAuthority(cloud.authorityUrl) ? {} : { knownAuthorities: [new URL(cloud.authorityUrl).host] }),
				...(signing === undefined
					? { clientSecret }
					: { clientCertificate: { thumbprintSha256: signing.thumbprintSha256, privateKey: signing.privateKey } }),
			},
			system: { networkClient: network, disableInternalRetries: true },
		};
		const msal = require('@azure/msal-node') as typeof import('@azure/msal-node');
		try {
			const application = new msal.ConfidentialClientApplication(configuration);
			const result = await application.acquireTokenByClientCredential({ scopes: [`${cloud.graphUrl}/.default`] });
			if (!result?.accessToken) throw new MicrosoftError('MICROSOFT_LOGIN_REFUSED', 'Entra answered without a token');
			// MSAL counts from the system's clock.
			const lifetime = (result.expiresOn?.getTime() ?? Date.now()) - Date.now();
			return { token: result.accessToken, expiresAt: this.#clock.now() + lifetime };
		} catch (error) {
			const secrets = new Secrets(clientSecret, signing?.privateKey, certificate?.passphrase);
			throw toEntraError(secrets.maskIn(error), cloud.authorityUrl, network.last);
		}
	}
}

/** Forgets all tokens of this process (tests, changed permissions). */
export function forgetTokens(): void {
	cache.clear();
}

/** Application roles of an access token, for explanations only: with RBAC for Applications they are empty although access is granted. */
export function rolesOf(token: string): string[] {
	try {
		const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
			roles?: unknown;
		};
		return Array.isArray(claims.roles) ? claims.roles.filter((role): role is string => typeof role === 'string') : [];
	} catch {
		return [];
	}
}
