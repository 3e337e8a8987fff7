import { EsaClient, planHunt, type EsaClientOptions } from '../../../lib/esa';
import { EsaLab, generateTraffic, type EsaLabOptions } from '../../lab/esa';
import { FROM } from './patterns';

const PASSPHRASE = 'Lab-Passphrase-1';
const plan = planHunt(
	`[EXISTS email-message:date] START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 3_600_000).toISOString()}'`,
);
const traffic = generateTraffic({ count: 250, from: FROM, durationMs: 3_600_000 });
const opened: Array<{ close(): Promise<void> }> = [];

async function open(options: EsaLabOptions = {}, how: Partial<EsaClientOptions> = {}) {
	const lab = await EsaLab.start({ traffic, ...options });
	opened.push({ close: () => lab.stop() });
	const noWait = { now: () => 0, random: () => 0, sleep: async () => {} };
	const client = new EsaClient({ url: lab.url, user: 'admin', passphrase: PASSPHRASE, clock: noWait, ...how });
	opened.push(client);
	return { lab, client };
}
afterEach(async () => {
	for (const one of opened.splice(0)) await one.close();
});

const messageCalls = (lab: EsaLab) => lab.requests.filter(({ path }) => path.endsWith('/messages')).length;

describe('login', () => {
	it('user and passphrase travel as base64 in JSON, once, and not as Basic authentication', async () => {
		const { lab, client } = await open(
			{ user: 'jörg', passphrase: 'pass wörd&=' },
			{ user: 'jörg', passphrase: 'pass wörd&=' },
		);
		expect((await client.test()).privileges).toContain('e_message_tracking_messages');
		await client.hunt(plan);
		expect(lab.logins).toBe(1);
		expect(lab.requests.some(({ headers }) => headers.authorization !== undefined)).toBe(false);
	});

	it('a wrong passphrase is said in words and never repeated in the error', async () => {
		const { lab, client } = await open({}, { passphrase: 'my secret' });
		const error: Error & { code?: string; hint?: string } = await client.test().then(
			() => fail('accepted'),
			(cause: Error) => cause,
		);
		expect(error.code).toBe('ESA_LOGIN_REFUSED');
		expect(error.message).toContain('Invalid username or passphrase');
		expect(`${error.stack} ${JSON.stringify(error)} ${error.hint}`).not.toMatch(/my secret|bXkgc2VjcmV0/);
		expect(lab.logins).toBe(1);
	});

	it('an account with two factors is told so', async () => {
		const { client } = await open({ twoFactor: true });
		await expect(client.test()).rejects.toMatchObject({
			code: 'ESA_TWO_FACTOR',
			hint: expect.stringContaining('local account'),
		});
	});

	it('an answer without a token is an error, not a crash', async () => {
		const { lab, client } = await open();
		lab.fail({ on: '/login', what: { kind: 'body', body: '{"data":{"userName":"admin"}}' } });
		await expect(client.test()).rejects.toMatchObject({ code: 'ESA_ANSWER_UNREADABLE' });
	});

	it('an account that may log in but not search is told what it lacks', async () => {
		const { client } = await open({ privileges: ['e_message_tracking_detail'] });
		await expect(client.test()).rejects.toMatchObject({ code: 'ESA_FORBIDDEN' });
		await expect(client.hunt(plan)).rejects.toMatchObject({ code: 'ESA_FORBIDDEN', status: 403 });
	});

	it.each([[{ passphrase: '' }], [{ user: '' }], [{ url: '' }], [{ url: 'ftp://esa.example.com' }]])(
		'%j is refused before anything is sent',
		async (how) => {
			await expect(open({}, how)).rejects.toMatchObject({
				code: expect.stringMatching(/^(?:ESA|HTTP)_CONFIGURATION$/),
			});
		},
	);
});

describe('tokens', () => {
	it('one that expires in the middle of paging is renewed by one login, and no page is lost', async () => {
		const { lab, client } = await open();
		lab.fail({ on: '/messages', after: 1, what: { kind: 'status', status: 401, message: 'ExpiredSignatureError.' } });
		const { rows } = await client.hunt(plan);
		expect(rows).toHaveLength(250);
		expect(lab.logins).toBe(2);
	});

	it('refusals without end lead to one new login, not to a loop', async () => {
		const { lab, client } = await open();
		lab.fail({
			on: '/messages',
			times: Infinity,
			what: { kind: 'status', status: 401, message: 'ExpiredSignatureError.' },
		});
		await expect(client.hunt(plan)).rejects.toMatchObject({ code: 'ESA_UNAUTHORIZED', status: 401 });
		expect(lab.logins).toBe(2);
		expect(messageCalls(lab)).toBe(2);
	});

	it('a new token in the header of an answer is used from then on', async () => {
		let now = 0;
		const { lab, client } = await open({ tokenSeconds: 600, now: () => now });
		await client.login();
		now += 400_000;
		await client.privileges();
		now += 400_000;
		await client.privileges();
		expect(lab.logins).toBe(1);
	});

	it('the same user agent logs in and asks: tokens are bound to it', async () => {
		const { client } = await open({ bindAgent: true });
		await expect(client.hunt(plan)).resolves.toMatchObject({ truncated: false });
	});
});

describe("the appliance's refusals, in the user's words", () => {
	it.each([
		[404, 'Not Found.', 'ESA_NO_API'],
		[404, 'Unexpected attribute - starts_with.', 'ESA_QUERY_REFUSED'],
		[400, 'Bad request.', 'ESA_QUERY_REFUSED'],
		[403, 'Forbidden.', 'ESA_FORBIDDEN'],
		[406, 'URI not available.', 'ESA_QUERY_REFUSED'],
		[413, 'Entity is too large.', 'ESA_QUERY_REFUSED'],
		[414, 'URI is too long.', 'ESA_QUERY_REFUSED'],
		[418, 'Teapot.', 'ESA_STATUS'],
		[500, 'Server got itself in trouble.', 'ESA_UNAVAILABLE'],
		[501, 'Not supported.', 'ESA_UNAVAILABLE'],
		[505, 'Cannot fulfill request.', 'ESA_UNAVAILABLE'],
	])('HTTP %d %s', async (status, message, code) => {
		const { lab, client } = await open();
		lab.fail({ on: '/messages', times: Infinity, what: { kind: 'status', status, message } });
		await expect(client.hunt(plan)).rejects.toMatchObject({ code, status, hint: expect.any(String) });
	});

	it('a wrong product or path is told apart from a wrong query', async () => {
		const { client } = await open({}, { product: 'SMA' });
		await expect(client.test()).rejects.toMatchObject({ code: 'ESA_NO_API', hint: expect.stringContaining('product') });
	});

	it('a moment of too much load or a broken connection is got over', async () => {
		const { lab, client } = await open();
		lab.fail({ on: '/messages', times: 2, what: { kind: 'status', status: 503, retryAfter: '1' } });
		lab.fail({ on: '/messages', after: 1, what: { kind: 'close' } });
		expect((await client.hunt(plan)).rows).toHaveLength(250);
	});

	it('an appliance that is gone', async () => {
		const { lab, client } = await open();
		await lab.stop();
		await expect(client.hunt(plan)).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
	});

	it('an appliance that does not answer in time', async () => {
		const { lab, client } = await open({}, { timeoutMs: 100 });
		lab.fail({ on: '/messages', times: 10, what: { kind: 'slow', ms: 2000 } });
		await expect(client.hunt(plan)).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
	});
});

describe('addresses', () => {
	it.each(['', '/', '/esa/api/v2.0', '/esa/api/v2.0/', '/sma/api'])('the URL may end with %j', async (end) => {
		const { lab } = await open();
		const client = new EsaClient({ url: `${lab.url}${end}`, user: 'admin', passphrase: PASSPHRASE });
		opened.push(client);
		await expect(client.test()).resolves.toBeDefined();
	});

	it('a self-signed certificate is accepted when it is given, and only then', async () => {
		const { lab, client } = await open({ tls: true });
		await expect(client.test()).rejects.toMatchObject({ code: 'HTTP_TLS' });
		const { hostname, port } = new URL(lab.url);
		const trusting = new EsaClient({
			host: hostname,
			port: Number(port),
			user: 'admin',
			passphrase: PASSPHRASE,
			ca: lab.ca,
		});
		opened.push(trusting);
		await expect(trusting.test()).resolves.toBeDefined();
	});

	it('a manager is asked for all its gateways, unless the pattern names one', async () => {
		const appliances = [
			{ serialNumber: 'A', hostName: 'esa1.example.com' },
			{ serialNumber: 'B', hostName: 'esa2.example.com' },
		];
		const { lab, client } = await open(
			{
				product: 'SMA',
				switches: { profile: 'sma' },
				traffic: generateTraffic({ count: 41, from: FROM, durationMs: 3_600_000, appliances }),
			},
			{ product: 'SMA' },
		);
		expect((await client.hunt(plan)).rows).toHaveLength(41);
		const one = planHunt(plan.pattern.replace('EXISTS email-message:date', "x-oca-host:hostname = 'esa2.example.com'"));
		const { rows } = await client.hunt(one);
		expect(rows.length).toBe(lab.traffic.filter(({ serialNumber }) => serialNumber === 'B').length);
		expect(new Set(rows.map(({ attributes }) => attributes.hostName))).toEqual(new Set(['esa2.example.com']));
		expect(lab.requests.filter(({ query }) => query.includes('ciscoHost=All_Hosts'))).toHaveLength(1);
	});
});
