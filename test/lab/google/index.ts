import { createCertificate, EmbeddedImap, startHttpProxy, type EmbeddedImapOptions } from '../imap';
import { GmailApiLab } from './api';
import { GoogleTokenLab } from './token';

export { GoogleTokenLab, type GoogleTokenFault } from './token';

/** imap.gmail.com:993 and gmail.googleapis.com:443 behind a proxy, and Google's token endpoint, on loopback. */
export class GoogleLab {
	private constructor(
		readonly imap: EmbeddedImap,
		readonly api: GmailApiLab,
		readonly tokens: GoogleTokenLab,
		/** Its `targets` tell where clients wanted to go. */
		readonly proxy: Awaited<ReturnType<typeof startHttpProxy>>,
	) {}

	static async start(options: EmbeddedImapOptions = {}): Promise<GoogleLab> {
		const tls = await createCertificate(['imap.gmail.com', 'gmail.googleapis.com'], []);
		const accessToken = 'lab-access-token-2';
		const imap = await EmbeddedImap.start({ tls, gmail: true, accessToken, user: 'soc@example.com', ...options });
		const api = await GmailApiLab.start(tls, { user: imap.user, accessToken });
		const tokens = await GoogleTokenLab.start({
			clientId: 'lab.apps.example.com',
			clientSecret: 'lab-client-secret',
			refreshToken: 'lab-refresh-token',
			accessToken,
		});
		return new GoogleLab(imap, api, tokens, await startHttpProxy(undefined, { 993: imap.port, 443: api.port }));
	}

	/** Data of the credential as n8n stores it once the account is connected; `token` changes the stored token. */
	credential(token: { access_token?: string; n8n_expires_at?: string } = {}) {
		const { clientId, clientSecret, refreshToken, accessToken } = this.tokens.options;
		return {
			user: this.imap.user,
			scope: 'https://mail.google.com/',
			caCertificate: this.imap.ca!,
			proxy: `http://127.0.0.1:${this.proxy.port}`,
			grantType: 'authorizationCode',
			authentication: 'body',
			accessTokenUrl: this.tokens.url,
			clientId,
			clientSecret,
			oauthTokenData: {
				access_token: accessToken,
				refresh_token: refreshToken,
				expires_in: 3599,
				token_type: 'Bearer',
				n8n_expires_at: String(Date.now() + 3_000_000),
				...token,
			},
		};
	}

	async close(): Promise<void> {
		await Promise.all([this.imap.close(), this.api.close(), this.tokens.close(), this.proxy.close()]);
	}
}
