import { createContext, runInContext } from 'node:vm';
import { EsaClient, planHunt } from '../../lib/esa';
import { HttpClient } from '../../lib/http';
import { EMAIL_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { GraphMailbox, ImapMailbox } from '../../lib/mailbox';
import { OpenCtiClient } from '../../lib/opencti';
import { buildPattern } from '../../lib/pattern';
import { decimalNumber, instant, lookBack, megabytes, type SettingError, wholeNumber } from '../../lib/settings';

const RANGE = { least: 1, most: 1000, otherwise: 50 };

function refused(run: () => unknown): SettingError {
	try {
		run();
	} catch (error) {
		return error as SettingError;
	}
	throw new Error('it was not refused');
}

describe('a whole number', () => {
	it.each([
		[1, 1],
		[1000, 1000],
		['25', 25],
		[' 25 ', 25],
		['+7', 7],
		['25.0', 25],
	])('%j is %j', (value, number) => expect(wholeNumber('Limit', value, RANGE)).toBe(number));

	it.each([undefined, null, '', '  ', '\n'])('%j is the default', (value) => {
		expect(wholeNumber('Limit', value, RANGE)).toBe(50);
		expect(wholeNumber('Limit', value, { ...RANGE, otherwise: undefined })).toBeUndefined();
	});

	it.each([
		[Number.NaN, 'NaN'],
		[Number.POSITIVE_INFINITY, 'Infinity'],
		[Number.NEGATIVE_INFINITY, '-Infinity'],
		[0, '0'],
		[-1, '-1'],
		[1001, '1001'],
		[2.5, '2.5'],
		['abc', "'abc'"],
		['1,000', "'1,000'"],
		['0x10', "'0x10'"],
		['1e2', "'1e2'"],
		['9'.repeat(400), `'${'9'.repeat(40)}…'`],
		[true, 'true'],
		[[5], 'a list'],
		[{}, 'of the type object'],
		[10n, 'of the type bigint'],
	])('%p is refused: the error names the option, what was given and what is allowed', (value, shown) => {
		expect(refused(() => wholeNumber('Limit', value, RANGE))).toMatchObject({
			name: 'SettingError',
			code: 'SETTING_INVALID',
			setting: 'Limit',
			message: `'Limit' has to be a whole number from 1 to 1,000; it is ${shown}`,
			hint: expect.stringContaining('default of 50'),
		});
	});

	it('is needed where there is no default', () => {
		expect(refused(() => wholeNumber('UID', '', { least: 1, most: 9 })).message).toBe(
			"'UID' has to be a whole number from 1 to 9; it is empty",
		);
	});
});

it('numbers with decimals and sizes in megabytes', () => {
	expect(decimalNumber('Size', '0.5', { least: 0, most: 1 })).toBe(0.5);
	expect(megabytes('Size', '2.5', { least: 0, most: 160, otherwise: 25 })).toBe(2_500_000);
	expect(megabytes('Size', '', { least: 0, most: 160, otherwise: 25 })).toBe(25_000_000);
	expect(megabytes('Size', null, { least: 0, most: 160, otherwise: undefined })).toBeUndefined();
	expect(refused(() => megabytes('Size', 161, { least: 0.1, most: 160, otherwise: 25 })).message).toBe(
		"'Size' has to be a number from 0.1 to 160; it is 161",
	);
});

describe('a look-back', () => {
	const now = Date.parse('2026-03-31T12:00:00Z');
	const start = (value: unknown) =>
		lookBack('Look-Back', value, { otherwise: 'P30D' }).startFrom(now)?.toISOString() ?? 'everything';

	it.each([
		['all', 'everything'],
		['ALL', 'everything'],
		[' All ', 'everything'],
		['', '2026-03-01T12:00:00.000Z'],
		[undefined, '2026-03-01T12:00:00.000Z'],
		[null, '2026-03-01T12:00:00.000Z'],
		[' p1w ', '2026-03-24T12:00:00.000Z'],
		['PT0S', '2026-03-31T12:00:00.000Z'],
	])('%j begins at %s', (value, expected) => expect(start(value)).toBe(expected));

	it.each(['30', '30 days', 'all of it', 'P', 30, Number.NaN, {}])('%p is refused with an example', (value) => {
		expect(refused(() => start(value))).toMatchObject({
			code: 'SETTING_INVALID',
			message: expect.stringContaining("'Look-Back' has to be an ISO 8601 duration, or all"),
			hint: expect.stringContaining('P30D'),
		});
	});
});

describe('a point of time', () => {
	const foreign = runInContext('new Date(0)', createContext()) as Date;

	it.each([[new Date(0)], ['1970-01-01T00:00:00Z'], [foreign]])('%p', (value) => {
		expect(instant('since', value).getTime()).toBe(0);
	});

	it('empty is what the caller means by it', () => {
		expect(instant('since', '', { otherwise: undefined })).toBeUndefined();
	});

	it.each([new Date(Number.NaN), 'yesterday', 5, Number.NaN, undefined, '+275760-09-13T00:00:00Z'])(
		'%p is refused',
		(value) => expect(refused(() => instant('since', value)).code).toBe('SETTING_INVALID'),
	);
});

/** What the library takes numbers in, and the code that each subject has for a setting that cannot be used. */
describe('a number that is none is an error of every client, before anything is asked', () => {
	const imap = { host: '127.0.0.1', user: 'u', password: 'p' };
	const graph = {
		tenant: 'example.com',
		clientId: 'c',
		mailbox: 'm@example.com',
		tokens: { token: async () => await Promise.reject(new Error('a token was asked for')) },
	};
	const esa = { url: 'https://127.0.0.1', user: 'u', passphrase: 'p' };
	const opencti = { url: 'https://127.0.0.1', token: 't' };
	const plan = planHunt("[file:name = 'a']", { timeRangeMinutes: 5 });
	const quarantine = { type: 'spam' as const, start: new Date(0), stop: new Date(60_000) };
	const BAD = [Number.NaN, Number.POSITIVE_INFINITY, -1, 'abc' as unknown as number];

	const cases: Array<[string, string, (bad: number) => unknown]> = [
		...(['port', 'connectTimeoutMs', 'greetingTimeoutMs', 'socketTimeoutMs', 'actionTimeoutMs'] as const).map(
			(name): [string, string, (bad: number) => unknown] => [
				`${name === 'port' ? 'Port' : name} of ImapMailbox`,
				'MAILBOX_CONFIGURATION',
				(bad) => new ImapMailbox({ ...imap, [name]: bad }),
			],
		),
		...(['cap', 'firstRunCap', 'maxMessageBytes', 'maxPollBytes', 'budgetMs', 'deadline'] as const).flatMap(
			(name): Array<[string, string, (bad: number) => unknown]> => [
				[
					`${name} of ImapMailbox.poll`,
					'MAILBOX_CONFIGURATION',
					async (bad) => await new ImapMailbox(imap).poll(undefined, { [name]: bad }),
				],
				[
					`${name} of GraphMailbox.poll`,
					'MAILBOX_CONFIGURATION',
					async (bad) => await new GraphMailbox(graph).poll(undefined, { [name]: bad }),
				],
			],
		),
		['concurrency of GraphMailbox', 'MAILBOX_CONFIGURATION', (bad) => new GraphMailbox({ ...graph, concurrency: bad })],
		[
			'maxMessageBytes of ImapMailbox.sample',
			'MAILBOX_CONFIGURATION',
			async (bad) => await new ImapMailbox(imap).sample({ maxMessageBytes: bad }),
		],
		[
			'maxMessageBytes of ImapMailbox.get',
			'MAILBOX_CONFIGURATION',
			async (bad) => await new ImapMailbox(imap).get({ uid: 1 }, { maxMessageBytes: bad }),
		],
		[
			'limit of ImapMailbox.search',
			'MAILBOX_CONFIGURATION',
			async (bad) => await new ImapMailbox(imap).search({ limit: bad }),
		],
		[
			'since of ImapMailbox.search',
			'MAILBOX_CONFIGURATION',
			async (bad) => await new ImapMailbox(imap).search({ since: new Date(bad + Number.NaN) }),
		],
		[
			'maxMessageBytes of GraphMailbox.get',
			'MAILBOX_CONFIGURATION',
			async (bad) => await new GraphMailbox(graph).get({ id: 'x' }, { maxMessageBytes: bad }),
		],
		[
			'actionTimeoutMs of GraphMailbox',
			'MAILBOX_CONFIGURATION',
			(bad) => new GraphMailbox({ ...graph, actionTimeoutMs: bad }),
		],
		[
			'limit of GraphMailbox.search',
			'MAILBOX_CONFIGURATION',
			async (bad) => await new GraphMailbox(graph).search({ limit: bad }),
		],
		...(['timeoutMs', 'maxAnswerBytes', 'maxTries'] as const).flatMap(
			(name): Array<[string, string, (bad: number) => unknown]> => [
				[`${name} of HttpClient`, 'HTTP_CONFIGURATION', (bad) => new HttpClient(esa.url, { [name]: bad })],
				[`${name} of OpenCtiClient`, 'HTTP_CONFIGURATION', (bad) => new OpenCtiClient({ ...opencti, [name]: bad })],
			],
		),
		[
			'timeoutMs of HttpClient.request',
			'HTTP_CONFIGURATION',
			async (bad) => await new HttpClient(esa.url).request({ path: 'x', timeoutMs: bad }),
		],
		['timeoutMs of EsaClient', 'HTTP_CONFIGURATION', (bad) => new EsaClient({ ...esa, timeoutMs: bad })],
		[
			'port of EsaClient',
			'ESA_CONFIGURATION',
			(bad) => new EsaClient({ host: '127.0.0.1', port: bad, user: 'u', passphrase: 'p' }),
		],
		[
			'maxRows of EsaClient.hunt',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).hunt(plan, { maxRows: bad }),
		],
		[
			'maxRows of EsaClient.search',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).search({ start: '2026-01-01Z', stop: '2026-01-02Z' }, { maxRows: bad }),
		],
		[
			'maxRows of EsaClient.searchQuarantine',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).searchQuarantine(quarantine, { maxRows: bad }),
		],
		[
			'timeRangeMinutes of planHunt',
			'HUNT_OPTION_INVALID',
			(bad) => planHunt("[file:name = 'a']", { timeRangeMinutes: bad }),
		],
		['maximumTerms of buildPattern', 'PATTERN_OPTION_INVALID', (bad) => buildPattern([], { maximumTerms: bad })],
	];

	it.each(cases)('%s', async (what, code, use) => {
		const [name] = what.split(' ');
		for (const bad of BAD) {
			await expect((async () => await use(bad))()).rejects.toMatchObject({
				code,
				message: expect.stringContaining(`'${name}' has to be `),
				cause: expect.objectContaining({ code: 'SETTING_INVALID', setting: name }),
			});
		}
	});

	it('what is beyond a hard cap is an error that names the most', async () => {
		const most = EMAIL_LIMITS.maxBytes.toLocaleString('en-US');
		await expect(new ImapMailbox(imap).poll(undefined, { maxMessageBytes: 1e12 })).rejects.toThrow(most);
		// Node's timers end at once when they are given more than 31 bits.
		const longest = SETTING_LIMITS.maxMilliseconds.toLocaleString('en-US');
		expect(() => new HttpClient(esa.url, { timeoutMs: 2 ** 31 })).toThrow(longest);
		expect(() => new GraphMailbox({ ...graph, concurrency: 5 })).toThrow('from 1 to 4');
	});
});
