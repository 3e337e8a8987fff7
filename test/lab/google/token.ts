import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GoogleTokenOptions {
	clientId: string;
	clientSecret: string;
	refreshToken: string;
	/** What a renewal gives. */
	accessToken: string;
}

/** What goes wrong: an OAuth error (RFC 6749 section 5.2), or no service. */
export type GoogleTokenFault = 'invalid_grant' | 'invalid_client' | 'unavailable' | 'no-token';

/** Google's token endpoint on loopback: renews one account's token (RFC 6749 section 6). */
export class GoogleTokenLab {
	renewals = 0;
	fault?: GoogleTokenFault;
	url = '';
	readonly #server = createServer((request, response) => void this.#handle(request, response));

	private constructor(readonly options: GoogleTokenOptions) {}

	static async start(options: GoogleTokenOptions): Promise<GoogleTokenLab> {
		const lab = new GoogleTokenLab(options);
		await new Promise<void>((resolve) => lab.#server.listen(0, '127.0.0.1', resolve));
		lab.url = `http://127.0.0.1:${(lab.#server.address() as AddressInfo).port}/token`;
		return lab;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const answer = (status: number, body: object) => {
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		};
		const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
		const { clientId, clientSecret, refreshToken, accessToken } = this.options;
		if (request.method !== 'POST' || request.url !== '/token') return answer(404, { error: 'not_found' });
		if (this.fault === 'unavailable') return answer(503, { error: 'temporarily_unavailable' });
		if (form.grant_type !== 'refresh_token') return answer(400, { error: 'unsupported_grant_type' });
		if (this.fault === 'invalid_client' || form.client_id !== clientId || form.client_secret !== clientSecret) {
			return answer(401, { error: 'invalid_client' });
		}
		if (this.fault === 'invalid_grant' || form.refresh_token !== refreshToken)
			return answer(400, { error: 'invalid_grant' });
		this.renewals++;
		const token = this.fault === 'no-token' ? {} : { access_token: accessToken };
		return answer(200, { ...token, expires_in: 3599, token_type: 'Bearer', scope: 'https://mail.google.com/' });
	}
}
