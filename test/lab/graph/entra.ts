import {
	createHash,
	createHmac,
	randomBytes,
	randomUUID,
	timingSafeEqual,
	verify,
	X509Certificate,
	constants,
} from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** An app registration. */
export interface LabApp {
	clientId: string;
	secret?: string;
	secretExpired?: boolean;
	/** PEM. */
	certificates?: string[];
	/** Application permissions with consent: they open all mailboxes … */
	roles?: string[];
	/** … unless an application access policy restricts them to these. */
	policy?: string[];
	/** Mailboxes in the scope of an RBAC role assignment; they are in no token. */
	rbac?: string[];
}

export interface EntraLabOptions {
	/** Directory ID. */
	tenant: string;
	/** Verified domain. */
	domain: string;
	apps: LabApp[];
	now: () => number;
}

/** How the next token requests go wrong. */
export type EntraFault =
	{ kind: 'throttled'; retryAfter: number } | { kind: 'unavailable' } | { kind: 'html' } | { kind: 'drop' };

export interface TokenClaims {
	aud: string;
	tid: string;
	appid: string;
	roles?: string[];
	exp: number;
	nbf: number;
}

const OWN_FIELDS = new Set([
	'client_id',
	'scope',
	'grant_type',
	'client_secret',
	'client_assertion',
	'client_assertion_type',
	'client_info',
	'claims',
	'client-request-id',
	'x-client-SKU',
	'x-client-VER',
	'x-client-OS',
	'x-client-CPU',
	'x-client-current-telemetry',
	'x-client-last-telemetry',
	'x-ms-lib-capability',
]);

/** The token endpoint of a tenant: client credentials by secret or by certificate. Strict about every field. */
export class EntraLab {
	/** Seconds. */
	expiresIn = 3600;
	readonly faults: EntraFault[] = [];
	readonly counts = { discovery: 0, token: 0 };
	/** Fields of the last token request, without secrets. */
	lastFields: string[] = [];
	readonly #key = randomBytes(32);
	readonly #usedAssertions = new Set<string>();
	url = '';
	graphUrl = '';

	constructor(readonly options: EntraLabOptions) {}

	handle(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
		const [, tenant = '', ...rest] = new URL(request.url ?? '/', 'https://lab').pathname.split('/');
		const path = rest.join('/');
		if (request.method === 'GET' && path === 'v2.0/.well-known/openid-configuration') {
			this.counts.discovery++;
			if (!this.#isTenant(tenant))
				return this.#refuse(
					response,
					400,
					'invalid_tenant',
					90002,
					`Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
				);
			return json(response, 200, {
				token_endpoint: `${this.url}/${tenant}/oauth2/v2.0/token`,
				authorization_endpoint: `${this.url}/${tenant}/oauth2/v2.0/authorize`,
				issuer: `${this.url}/${this.options.tenant}/v2.0`,
				jwks_uri: `${this.url}/${tenant}/discovery/v2.0/keys`,
				token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
			});
		}
		if (request.method === 'POST' && path === 'oauth2/v2.0/token')
			return this.#token(request, response, body.toString('utf8'), tenant);
		return json(response, 404, { error: 'not_found' });
	}

	/** The claims of a token that this tenant issued and that is still good; undefined for any other. */
	verify(token: string): TokenClaims | undefined {
		const [header = '', payload = '', signature = ''] = token.split('.');
		const expected = createHmac('sha256', this.#key).update(`${header}.${payload}`).digest();
		const given = Buffer.from(signature, 'base64url');
		if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
		const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as TokenClaims;
		const now = this.options.now() / 1000;
		return claims.exp > now && claims.nbf <= now + 300 ? claims : undefined;
	}

	sign(claims: TokenClaims): string {
		const head = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
		return `${head}.${createHmac('sha256', this.#key).update(head).digest('base64url')}`;
	}

	#token(request: IncomingMessage, response: ServerResponse, body: string, tenant: string): void {
		this.counts.token++;
		const fault = this.faults.shift();
		if (fault?.kind === 'drop') return void request.socket.destroy();
		if (fault?.kind === 'html')
			return void response
				.writeHead(200, { 'content-type': 'text/html' })
				.end('<html><body>Please sign in to the proxy</body></html>');
		if (fault?.kind === 'throttled') {
			response.setHeader('retry-after', String(fault.retryAfter));
			return this.#refuse(
				response,
				429,
				'temporarily_unavailable',
				90055,
				'The server has terminated the request because there were too many.',
			);
		}
		if (fault?.kind === 'unavailable')
			return this.#refuse(
				response,
				503,
				'temporarily_unavailable',
				90033,
				'A transient error has occurred. Please try again.',
			);
		if (!/^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? ''))
			return this.#refuse(response, 400, 'invalid_request', 900144, 'The request body must be a form.');
		if (!this.#isTenant(tenant))
			return this.#refuse(response, 400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);

		const form = new URLSearchParams(body);
		this.lastFields = [...form.keys()];
		const unknown = this.lastFields.find((field) => !OWN_FIELDS.has(field));
		if (unknown !== undefined)
			return this.#refuse(response, 400, 'invalid_request', 900144, `The field ${unknown} is not known.`);
		if (form.get('grant_type') !== 'client_credentials')
			return this.#refuse(response, 400, 'unsupported_grant_type', 70003, 'The grant type is not supported.');
		const app = this.options.apps.find(({ clientId }) => clientId === form.get('client_id'));
		if (app === undefined)
			return this.#refuse(
				response,
				400,
				'unauthorized_client',
				700016,
				`Application with identifier '${form.get('client_id') ?? ''}' was not found in the directory.`,
			);
		const [scope = '', openid] = (form.get('scope') ?? '')
			.split(' ')
			.filter((one) => one !== 'openid' && one !== 'profile' && one !== 'offline_access');
		if (openid !== undefined || !scope.endsWith('/.default'))
			return this.#refuse(
				response,
				400,
				'invalid_scope',
				1002012,
				'The provided value for scope is not valid: it must end with /.default.',
			);
		if (scope !== `${this.graphUrl}/.default`)
			return this.#refuse(
				response,
				400,
				'invalid_resource',
				500011,
				`The resource principal named ${scope.slice(0, -9)} was not found in the tenant.`,
			);

		const problem = form.has('client_assertion')
			? this.#checkAssertion(app, form, tenant)
			: this.#checkSecret(app, form);
		if (problem !== undefined) return this.#refuse(response, 401, 'invalid_client', ...problem);
		const now = Math.floor(this.options.now() / 1000);
		const claims: TokenClaims = {
			aud: this.graphUrl,
			tid: this.options.tenant,
			appid: app.clientId,
			nbf: now - 5,
			exp: now + this.expiresIn,
			...(app.roles?.length ? { roles: app.roles } : {}),
		};
		json(response, 200, {
			token_type: 'Bearer',
			expires_in: this.expiresIn,
			ext_expires_in: this.expiresIn,
			access_token: this.sign(claims),
		});
	}

	#checkSecret(app: LabApp, form: URLSearchParams): [number, string] | undefined {
		if (app.secretExpired) return [7000222, 'The provided client secret keys for app are expired.'];
		if (app.secret === undefined || form.get('client_secret') !== app.secret)
			return [
				7000215,
				'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
			];
		return undefined;
	}

	#checkAssertion(app: LabApp, form: URLSearchParams, tenant: string): [number, string] | undefined {
		if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
			return [7000216, 'client_assertion_type is required.'];
		const [head = '', payload = '', signature = ''] = form.get('client_assertion')!.split('.');
		const header = parse(head);
		const claims = parse(payload);
		const certificate = (app.certificates ?? [])
			.map((pem) => new X509Certificate(pem))
			.find((one) => createHash('sha256').update(one.raw).digest('base64url') === header['x5t#S256']);
		if (header.alg !== 'PS256' || certificate === undefined)
			return [
				700027,
				'The certificate with identifier used to sign the client assertion is not registered on application.',
			];
		const good = verify(
			'sha256',
			Buffer.from(`${head}.${payload}`),
			{ key: certificate.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
			Buffer.from(signature, 'base64url'),
		);
		if (!good) return [700027, 'The signature of the client assertion is not valid.'];
		const now = this.options.now() / 1000;
		if (Number(claims.exp) < now || Number(claims.nbf) > now + 300)
			return [700024, 'Client assertion is not within its valid time range.'];
		if (claims.iss !== app.clientId || claims.sub !== app.clientId)
			return [7000212, 'The issuer or subject of the client assertion does not match.'];
		if (claims.aud !== `${this.url}/${tenant}/oauth2/v2.0/token`)
			return [700023, 'The audience of the client assertion is not this token endpoint.'];
		if (typeof claims.jti !== 'string' || this.#usedAssertions.has(claims.jti))
			return [50013, 'The client assertion was used before.'];
		this.#usedAssertions.add(claims.jti);
		return undefined;
	}

	#isTenant(tenant: string): boolean {
		return tenant === this.options.tenant || tenant === this.options.domain;
	}

	#refuse(response: ServerResponse, status: number, error: string, number: number, text: string): void {
		const trace = randomUUID();
		json(response, status, {
			error,
			error_description: `AADSTS${number}: ${text} Trace ID: ${trace} Correlation ID: ${randomUUID()} Timestamp: ${new Date(this.options.now()).toISOString()}`,
			error_codes: [number],
			timestamp: new Date(this.options.now()).toISOString(),
			trace_id: trace,
			correlation_id: randomUUID(),
		});
	}
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function parse(part: string): Record<string, unknown> {
	try {
		return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
	} catch {
		return {};
	}
}

function json(response: ServerResponse, status: number, body: unknown): void {
	response
		.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
		.end(JSON.stringify(body));
}
