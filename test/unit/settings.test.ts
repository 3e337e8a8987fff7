import { createContext, runInContext } from 'node:vm';
import { tryToParseDateTime } from 'n8n-workflow';
import { EsaClient, planHunt } from '../../lib/esa';
import { parseEmail } from '../../lib/email';
import { HttpClient } from '../../lib/http';
import { EMAIL_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { GraphMailbox, ImapMailbox } from '../../lib/mailbox';
import { OpenCtiClient, reportFromBundle, reportFromEmail } from '../../lib/opencti';
import { buildPattern } from '../../lib/pattern';
import { decimalNumber, instant, lookBack, megabytes, type SettingError, wholeNumber } from '../../lib/settings';
import { emailToBundle } from '../../lib/stix';
import { message } from './stix/emails';

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
			message: `'Limit' must be a whole number from 1 to 1,000, but it is ${shown}`,
			hint: expect.stringContaining('default of 50'),
		});
	});

	it('is needed where there is no default', () => {
		expect(refused(() => wholeNumber('UID', '', { least: 1, most: 9 })).message).toBe(
			"'UID' must be a whole number from 1 to 9, but it is empty",
		);
	});
});

it('numbers with decimals and sizes in megabytes', () => {
	expect(decimalNumber('Size', '0.5', { least: 0, most: 1 })).toBe(0.5);
	expect(megabytes('Size', '2.5', { least: 0, most: 160, otherwise: 25 })).toBe(2_500_000);
	expect(megabytes('Size', '', { least: 0, most: 160, otherwise: 25 })).toBe(25_000_000);
	expect(megabytes('Size', null, { least: 0, most: 160, otherwise: undefined })).toBeUndefined();
	expect(refused(() => megabytes('Size', 161, { least: 0.1, most: 160, otherwise: 25 })).message).toBe(
		"'Size' must be a number from 0.1 to 160, but it is 161",
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
			message: expect.stringContaining("'Look-Back' must be an ISO 8601 duration or all"),
			hint: expect.stringContaining('P30D'),
		});
	});
});

describe('a point in time', () => {
	const foreign = runInContext('new Date(0)', createContext()) as Date;

	it.each([[new Date(0)], ['1970-01-01T00:00:00Z'], [foreign]])('%p', (value) => {
		expect(instant('since', value).getTime()).toBe(0);
	});

	it.each([
		['2026-11-20T10:00:00', 'Europe/Berlin', '2026-11-20T09:00:00.000Z'],
		['2026-11-20T10:00:00Z', 'Europe/Berlin', '2026-11-20T10:00:00.000Z'],
		['2026-11-20T10:00:00', undefined, '2026-11-20T10:00:00.000Z'],
		[tryToParseDateTime('2026-11-20T10:00:00', 'Asia/Tokyo'), 'Europe/Berlin', '2026-11-20T01:00:00.000Z'],
		[new Date(0), 'Europe/Berlin', '1970-01-01T00:00:00.000Z'],
		['9999-12-31T23:59:59.999Z', undefined, '9999-12-31T23:59:59.999Z'],
	])('%s in the zone %s is %s', (value, zone, time) => {
		expect(instant('since', value, { zone }).toISOString()).toBe(time);
	});

	it('the zone has to be one', () => {
		for (const zone of ['Mars/Olympus', '', 5 as unknown as string]) {
			expect(refused(() => instant('since', '2026-11-20', { zone }))).toMatchObject({ setting: 'zone' });
		}
	});

	it('empty is what the caller means by it', () => {
		expect(instant('since', '', { otherwise: undefined })).toBeUndefined();
	});

	it.each([
		[new Date(Number.NaN), 'not a valid date'],
		[new Date(8.64e15), 'not a valid date'],
		[tryToParseDateTime('2026-11-20').plus({ years: 1e9 }), 'not a valid date'],
		['yesterday', "'yesterday'"],
		['2026', "'2026'"],
		['11/12/2026', "'11/12/2026'"],
		[5, '5'],
		[Number.NaN, 'NaN'],
		[undefined, 'empty'],
		['+275760-09-13T00:00:00Z', "'+275760-09-13T00:00:00Z'"],
		['9999-12-31T23:59:59-01:00', "'9999-12-31T23:59:59-01:00'"],
		[{ isLuxonDateTime: true }, 'of the type object'],
	])('%p is refused, and the error says how to write it', (value, shown) => {
		expect(refused(() => instant('since', value))).toMatchObject({
			code: 'SETTING_INVALID',
			message: `'since' must be a date and time, but it is ${shown}`,
			hint: expect.stringContaining('2026-11-20T08:00:00+01:00'),
		});
	});
});

describe('a time that is none is an error of every call, before anything is asked', () => {
	const esa = new EsaClient({ url: 'https://127.0.0.1', user: 'u', passphrase: 'p' });
	const opencti = new OpenCtiClient({ url: 'https://127.0.0.1', token: 't' });
	const objects = [{ type: 'report', id: 'report--1', name: 'A hunt', published: '2026-11-20' }];
	const good = '2026-11-20T08:00:00Z';
	const spam = { type: 'spam' as const, start: good, stop: good };

	const cases: Array<[string, string, (bad: never) => unknown]> = [
		['start of EsaClient.search', 'HUNT_VALUE_REFUSED', async (start) => await esa.search({ start, stop: good })],
		['stop of EsaClient.search', 'HUNT_VALUE_REFUSED', async (stop) => await esa.search({ start: good, stop })],
		[
			'start of EsaClient.searchQuarantine',
			'ESA_CONFIGURATION',
			async (start) => await esa.searchQuarantine({ ...spam, start }),
		],
		['now of planHunt', 'HUNT_OPTION_INVALID', (now) => planHunt("[file:name = 'a']", { now })],
		[
			'published of OpenCtiClient.findReports',
			'OPENCTI_INPUT',
			async (published) => await opencti.findReports({ name: 'A hunt', published }),
		],
		[
			'published of reportFromBundle',
			'OPENCTI_INPUT',
			(published) => reportFromBundle({ type: 'bundle', objects }, { published }),
		],
		['published of reportFromEmail', 'OPENCTI_INPUT', (published) => reportFromEmail(message(), { published })],
		[
			'publishedFallback of reportFromEmail',
			'OPENCTI_INPUT',
			(publishedFallback) => reportFromEmail({ ...message(), date: new Date(Number.NaN) }, { publishedFallback }),
		],
	];

	it.each(cases)('%s', async (what, code, use) => {
		const [name] = what.split(' ');
		for (const bad of [new Date(Number.NaN), 'yesterday', '11/12/2026', 5]) {
			await expect((async () => await use(bad as never))()).rejects.toMatchObject({
				code,
				message: expect.stringContaining(`'${name}' must be a date and time`),
				cause: expect.objectContaining({ code: 'SETTING_INVALID', setting: name }),
			});
		}
	});
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
	const day = { start: '2026-01-01', stop: '2026-01-02' };
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
			'HUNT_OPTION_INVALID',
			async (bad) => await new EsaClient(esa).hunt(plan, { maxRows: bad }),
		],
		[
			'maxRows of EsaClient.search',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).search({ ...day }, { maxRows: bad }),
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
		...(['keepRawBytes', 'maxBytes', 'maxParts', 'maxDepth', 'maxAttachmentBytes', 'maxMilliseconds'] as const).map(
			(name): [string, string, (bad: number) => unknown] => [
				`${name} of parseEmail`,
				'SETTING_INVALID',
				async (bad) => await parseEmail(Buffer.from('Subject: s\r\n\r\nx'), { [name]: bad }),
			],
		),
		...(['maxArtifactBytes', 'maxRawEmailBytes', 'maxTotalArtifactBytes', 'maxObservables'] as const).map(
			(name): [string, string, (bad: number) => unknown] => [
				`sizes.${name} of emailToBundle`,
				'STIX_OPTION_INVALID',
				(bad) => emailToBundle(message(), { sizes: { [name]: bad } }),
			],
		),
		[
			'patterns.validForDays of emailToBundle',
			'STIX_OPTION_INVALID',
			(bad) => emailToBundle(message(), { patterns: { validForDays: bad } }),
		],
		['confidence of emailToBundle', 'STIX_OPTION_INVALID', (bad) => emailToBundle(message(), { confidence: bad })],
		['confidence of reportFromEmail', 'OPENCTI_INPUT', (bad) => reportFromEmail(message(), { confidence: bad })],
		['mid of EsaClient.search', 'HUNT_VALUE_REFUSED', async (mid) => await new EsaClient(esa).search({ ...day, mid })],
		[
			'mid of EsaClient.quarantinedDetails',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).quarantinedDetails('spam', bad),
		],
		[
			'mids of EsaClient.releaseQuarantined',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).releaseQuarantined({ type: 'spam', mids: [bad] }),
		],
		[
			'mids of EsaClient.messageDetails',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).messageDetails({ serialNumber: 's', mids: [bad] }),
		],
		[
			'icid of EsaClient.connectionDetails',
			'ESA_CONFIGURATION',
			async (bad) => await new EsaClient(esa).connectionDetails({ serialNumber: 's', icid: bad }),
		],
		['maximumTerms of buildPattern', 'PATTERN_OPTION_INVALID', (bad) => buildPattern([], { maximumTerms: bad })],
	];

	it.each(cases)('%s', async (what, code, use) => {
		const [name] = what.split(' ');
		for (const bad of BAD) {
			await expect((async () => await use(bad))()).rejects.toMatchObject({
				code,
				message: expect.stringContaining(`'${name}' must be `),
				...(code === 'SETTING_INVALID'
					? { setting: name }
					: { cause: expect.objectContaining({ code: 'SETTING_INVALID', setting: name }) }),
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
