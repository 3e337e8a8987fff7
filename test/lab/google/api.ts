import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LabCertificate } from '../imap';

/** Gmail's REST API (gmail.googleapis.com) as far as a credential test needs it: the profile of the signed-in account. */
export class GmailApiLab {
	port = 0;
	/** `GET /path` and the token it came with. */
	readonly requests: { line: string; token: string }[] = [];
	/** Google answers 403 in a project whose Gmail API was never switched on. */
	disabled = false;
	readonly #server: Server;

	readonly #account: { user: string; accessToken: string };

	private constructor(tls: LabCertificate, account: { user: string; accessToken: string }) {
		this.#account = account;
		this.#server = createServer(tls, (request, response) => this.#handle(request, response));
	}

	static async start(tls: LabCertificate, account: { user: string; accessToken: string }): Promise<GmailApiLab> {
		const lab = new GmailApiLab(tls, account);
		await new Promise<void>((resolve) => lab.#server.listen(0, '127.0.0.1', resolve));
		lab.port = (lab.#server.address() as AddressInfo).port;
		return lab;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#handle({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
		const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
		this.requests.push({ line: `${method} ${headers.host}${url}`, token });
		const answer = (status: number, body: object) =>
			response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
		const refuse = (code: number, status: string, message: string) =>
			answer(code, { error: { code, message, status } });
		if (token !== this.#account.accessToken)
			return void refuse(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
		if (this.disabled)
			return void refuse(
				403,
				'PERMISSION_DENIED',
				'Gmail API has not been used in project 1 before or it is disabled.',
			);
		if (method !== 'GET' || url !== '/gmail/v1/users/me/profile') return void refuse(404, 'NOT_FOUND', 'Not found.');
		answer(200, { emailAddress: this.#account.user, messagesTotal: 3, threadsTotal: 3, historyId: '1' });
	}
}
