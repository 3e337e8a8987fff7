import { googleTokens } from '../../../lib/mailbox';
import { GoogleTokenLab, type GoogleTokenFault } from '../../lab/google';

let lab: GoogleTokenLab;
beforeEach(async () => {
	lab = await GoogleTokenLab.start({
		clientId: 'lab.apps.example.com',
		clientSecret: 'lab-client-secret',
		refreshToken: 'lab-refresh-token',
		accessToken: 'lab-access-token',
	});
});
afterEach(async () => await lab.close());

const grant = () => ({ ...lab.options, tokenUrl: lab.url });
/** A clock that stands still, unless it is put on; it waits for nobody. */
function clock() {
	const time = { at: 1_000_000 };
	return { time, now: () => time.at, random: () => 0, sleep: () => Promise.resolve() };
}

describe('tokens of a Gmail account', () => {
	it('are kept as long as they hold, and renewed a minute before they end', async () => {
		const at = clock();
		const token = googleTokens(grant(), { clock: at });
		expect([await token(), await token()]).toEqual(['lab-access-token', 'lab-access-token']);
		expect(lab.renewals).toBe(1);
		at.time.at += 3_599_000 - 60_000;
		await token();
		expect(lab.renewals).toBe(2);
	});

	it('are renewed at once when the server has refused one', async () => {
		const token = googleTokens(grant());
		await token();
		await token(true);
		expect(lab.renewals).toBe(2);
	});

	it.each<[GoogleTokenFault, string, RegExp]>([
		['invalid_grant', 'MAILBOX_LOGIN_REFUSED', /no longer grants access/],
		['invalid_client', 'MAILBOX_LOGIN_REFUSED', /Google answered invalid_client/],
		['unavailable', 'MAILBOX_UNREACHABLE', /temporarily_unavailable/],
		['no-token', 'MAILBOX_UNREACHABLE', /HTTP 200/],
	])('%s is %s, and no secret is in it', async (fault, code, message) => {
		lab.fault = fault;
		const refused = googleTokens(grant(), { clock: clock() })();
		await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
		const told = await refused.catch((error: unknown) => JSON.stringify([String(error), error]));
		expect(told).not.toMatch(/lab-client-secret|lab-refresh-token/);
	});

	it('cannot be asked for where nobody is', async () => {
		const url = lab.url;
		await lab.close();
		await expect(googleTokens({ ...lab.options, tokenUrl: url }, { clock: clock() })()).rejects.toMatchObject({
			code: 'MAILBOX_UNREACHABLE',
		});
		lab = await GoogleTokenLab.start(lab.options);
	});

	it.each(['clientId', 'clientSecret', 'refreshToken'])('need %s', (name) => {
		expect(() => googleTokens({ ...grant(), [name]: ' ' })).toThrow(
			expect.objectContaining({ code: 'MAILBOX_CONFIGURATION' }) as Error,
		);
	});
});
