import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { accessToken, type TokenContext } from '../../../nodes/shared/accessToken';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const TYPE = 'emailIntelGmailOAuth2Api';

function context(token: object | undefined, refresh?: () => Promise<unknown>): TokenContext & { asked: number } {
	const result = {
		asked: 0,
		getNode: () => ({
			id: '1',
			name: 'Mail',
			type: 't',
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: {},
		}),
		getCredentials: async () =>
			({ user: 'a@example.com', ...(token && { oauthTokenData: token }) }) as ICredentialDataDecryptedObject,
		helpers: {},
	};
	if (refresh) {
		result.helpers = {
			refreshOAuth2Token: async () => {
				result.asked++;
				return await refresh();
			},
		};
	}
	return result;
}
const ending = (ms: number) => ({ access_token: 'stored', n8n_expires_at: String(NOW + ms) });
const renewing = async () => ({ access_token: 'new' });
const ask = (from: TokenContext, force = false) => accessToken(from, TYPE, force, () => NOW);

describe('the access token of an OAuth2 credential', () => {
	it.each([
		['with more than a minute to live is used as it is', ending(60_001), false, 'stored'],
		['with a minute to live is renewed', ending(60_000), false, 'new'],
		['that has ended is renewed', ending(-1), false, 'new'],
		['that was refused is renewed, however long it would live', ending(3_000_000), true, 'new'],
		['whose life is not known is used: the server decides', { access_token: 'stored' }, false, 'stored'],
		['whose life is not known is renewed once it was refused', { access_token: 'stored' }, true, 'new'],
	])('%s', async (_title, token, force, expected) => {
		expect(await ask(context(token, renewing), force)).toBe(expected);
	});

	it.each([[undefined], [{}], [{ access_token: '' }]])(
		'was never there (%j): the account must be connected',
		async (token) => {
			const from = context(token, renewing);
			await expect(ask(from)).rejects.toMatchObject({
				code: 'MAILBOX_LOGIN_REFUSED',
				message: expect.stringMatching(/is not connected to an account/),
			});
			expect(from.asked).toBe(0);
		},
	);

	it('cannot be renewed by an n8n that is too old; a token that still lives is used there', async () => {
		expect(await ask(context(ending(100_000)))).toBe('stored');
		await expect(ask(context(ending(0)))).rejects.toMatchObject({
			code: 'MAILBOX_CONFIGURATION',
			hint: expect.stringMatching(/1\.114/),
		});
	});

	it.each([
		[
			'a network that is down',
			Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:443'), { code: 'ECONNREFUSED' }),
			'MAILBOX_UNREACHABLE',
			true,
		],
		[
			'an endpoint without service',
			Object.assign(new Error('x'), { status: 503, body: '' }),
			'MAILBOX_UNREACHABLE',
			true,
		],
		[
			'a grant that is gone',
			Object.assign(new Error('x'), { status: 400, body: { error: 'invalid_grant' } }),
			'MAILBOX_LOGIN_REFUSED',
			false,
		],
		[
			'a deleted client',
			Object.assign(new Error('x'), { status: 401, body: { error: 'deleted_client' } }),
			'MAILBOX_LOGIN_REFUSED',
			false,
		],
		[
			'a wrong client',
			Object.assign(new Error('x'), { status: 401, body: { error: 'invalid_client' } }),
			'MAILBOX_LOGIN_REFUSED',
			false,
		],
	])('is not renewed by %s, which is told apart', async (_title, thrown, code, transient) => {
		const from = context(ending(0), async () => await Promise.reject(thrown));
		await expect(ask(from)).rejects.toMatchObject({ code, transient });
	});

	it('is not taken from an answer that has none', async () => {
		await expect(ask(context(ending(0), async () => ({})))).rejects.toMatchObject({ code: 'MAILBOX_LOGIN_REFUSED' });
	});
});
