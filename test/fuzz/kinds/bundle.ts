import type { Email } from '../../../lib/email';
import type { Indicator } from '../../../lib/indicators';
import { bundleToSvg, emailToBundle, type Bundle, type BundleOptions } from '../../../lib/stix';
import { attachment, message } from '../../unit/stix/emails';
import { problemsOf } from '../../unit/stix/validator';
import { CHARACTERS, soup } from '../inputs/text';
import { isSame, isSoundBundle, isTrue, isWellFormed, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

/** The input: what JSON holds of a message, indicators and options; bytes and times are put in by {@link read}. */
interface Input {
	email: Record<string, unknown>;
	indicators?: unknown;
	options: BundleOptions;
}

const text = (random: Random): string =>
	random.choose(
		[4, () => random.pick(['', 'subject', 'Re: invoice', 'a\r\nb', '__proto__', 'toString', 'http://evil.example/', 'a@example.com', ' ', 'x'.repeat(1_200)])],
		[3, () => soup(random, 6)],
		[2, () => random.list(0, 6, () => random.pick(CHARACTERS)).join('')],
	); // prettier-ignore
const maybe = <T>(random: Random, name: string, make: () => T): Record<string, T> =>
	random.chance(0.6) ? { [name]: make() } : {};
const address = (random: Random): object => ({
	address: random.pick([
		'a@example.com',
		'A@EXAMPLE.com',
		'b@bücher.example',
		'"a b"@example.com',
		'@',
		'a@[192.0.2.1]',
		text(random),
	]),
	...maybe(random, 'name', () => text(random)),
	...maybe(random, 'group', () => text(random)),
});
const hex = (random: Random): string =>
	random.pick(['', 'ab'.repeat(16), 'CD'.repeat(20), 'ef'.repeat(32), '01'.repeat(64), 'zz', text(random)]);
const type = (random: Random): string =>
	random.pick([
		'text/plain',
		'TEXT/html',
		'application/pdf',
		'message/rfc822',
		'image/png',
		'',
		'/',
		'constructor',
		text(random),
	]);
/** Milliseconds; null for a time that is none. */
const time = (random: Random): number | null =>
	random.pick([Date.UTC(2026, 4, 5, 8, 11, 30), 0, -1, 8.64e15, -8.64e15, 253_402_300_800_000, null]);

function file(random: Random, depth: number): Record<string, unknown> {
	return {
		partId: text(random),
		contentType: type(random),
		content: soup(random, 4),
		related: random.chance(0.3),
		size: random.pick([0, 1, 500, 2 ** 40]),
		...maybe(random, 'fileName', () => text(random)),
		...maybe(random, 'contentId', () => text(random)),
		...(random.chance(0.3) ? { md5: hex(random), sha1: hex(random), sha256: hex(random), sha512: hex(random) } : {}),
		...(random.chance(0.2) ? { contentOmitted: true } : {}),
		...(depth < 4 && random.chance(0.3) ? { email: email(random, depth + 1) } : {}),
	};
}

function email(random: Random, depth = 0): Record<string, unknown> {
	return {
		...maybe(random, 'messageId', () => text(random)),
		...maybe(random, 'subject', () => text(random)),
		...maybe(random, 'text', () => soup(random)),
		...maybe(random, 'html', () => soup(random)),
		...maybe(random, 'contentType', () => type(random)),
		...maybe(random, 'sender', () => address(random)),
		...maybe(random, 'returnPath', () => text(random)),
		...maybe(random, 'date', () => time(random)),
		...maybe(random, 'receivedAt', () => time(random)),
		...Object.fromEntries(['from', 'to', 'cc', 'bcc', 'replyTo'].map((name) => [name, random.list(0, random.chance(0.02) ? 300 : 3, () => address(random))])),
		headers: random.list(0, 8, () => ({ name: random.pick(['X-A', 'x-a', 'Date', 'x-subject', 'toString', '__proto__', text(random)]), value: text(random) })),
		receivedLines: random.list(0, 3, () => text(random)),
		references: random.list(0, 3, () => text(random)),
		isMultipart: random.chance(0.6),
		sha256: hex(random),
		size: random.pick([0, 400]),
		parts: random.list(0, 5, () => ({
			partId: text(random),
			contentType: type(random),
			size: random.below(100),
			...maybe(random, 'text', () => text(random)),
			...maybe(random, 'contentTypeHeader', () => text(random)),
			...maybe(random, 'dispositionHeader', () => text(random)),
			...maybe(random, 'attachment', () => random.below(4)),
		})),
		attachments: random.list(0, 3, () => file(random, depth)),
	}; // prettier-ignore
}

const TYPES = [
	'ipv4-addr',
	'ipv6-addr',
	'domain-name',
	'url',
	'email-addr',
	'file',
	'autonomous-system',
	'mac-addr',
	'cryptocurrency-wallet',
	'phone-number',
	'cve',
];
const VALUES = [
	'192.0.2.1', '192.0.2.0/24', '2001:db8::1', '::ffff:192.0.2.1', 'evil.example', 'bücher.example', 'my_host.evil.example', 'http://evil.example/a?b#c', 'http://my_host.example', 'a@evil.example',
	'AS64500', 'CVE-2024-3094', '00:11:22:33:44:55', 'ab'.repeat(32), 'ab'.repeat(16), '',
]; // prettier-ignore

const indicator = (random: Random): object => {
	const value = random.chance(0.7) ? random.pick(VALUES) : text(random);
	return {
		type: random.pick(TYPES),
		value,
		original: value,
		defanged: random.chance(0.5),
		flags: random.chance(0.3) ? [random.pick(['documentation', 'allow-listed', 'punycode', 'own-domain'])] : [],
		sources: random.list(0, 2, () => ({ part: random.pick(['text', '2/text', '2/2/html', '/', '', 'header']) })),
		...maybe(random, 'derivedFrom', () => random.pick(VALUES)),
		...(random.chance(0.2) ? { hashes: { MD5: hex(random), 'SHA-256': hex(random) } } : {}),
	};
};

function options(random: Random): BundleOptions {
	const flag = (name: string): object => (random.chance(0.3) ? { [name]: random.chance(0.5) } : {});
	return {
		include: {
			...flag('body'),
			...flag('headers'),
			...flag('attachments'),
			...flag('artifacts'),
			...flag('rawEmail'),
			...flag('attachedMessages'),
			...flag('relationships'),
			...flag('observedData'),
			...flag('report'),
			...maybe(random, 'observables', () => random.pick(['all', 'unflagged', 'none'] as const)),
		},
		markings: { tlp: random.pick(['none', 'clear', 'amber+strict'] as const), ids: random.pick(['opencti', 'oasis'] as const), ...flag('onObservables') },
		patterns: { policy: random.pick(['never', 'defanged', 'unflagged'] as const), ...maybe(random, 'validForDays', () => random.pick([1, 1_000_000])) },
		ids: { emailMessageIdentity: random.pick(['content', 'stix'] as const) },
		labels: random.list(0, 2, () => text(random)),
		...(random.chance(0.3) ? { identity: false as const } : {}),
		...(random.chance(0.2) ? { sizes: { maxArtifactBytes: 5, maxTotalArtifactBytes: 9, maxObservables: 2 } } : {}),
	}; // prettier-ignore
}

function read(given: Record<string, unknown>): Email {
	const { date, receivedAt, attachments, ...rest } = given;
	const moment = (name: string, value: unknown): object =>
		value === undefined ? {} : { [name]: new Date((value ?? Number.NaN) as number) };
	return message({
		...(rest as Partial<Email>),
		...moment('date', date),
		...moment('receivedAt', receivedAt),
		attachments: (attachments as Array<Record<string, unknown>>).map(({ content, email: inner, ...file }) => ({
			...attachment(content as string, file),
			...(file.contentOmitted === true ? { content: undefined } : {}),
			...(inner === undefined ? {} : { email: read(inner as Record<string, unknown>) }),
		})),
		raw: Buffer.from('From: a@example.com\r\n\r\nx'),
	});
}

function make(input: string): Bundle {
	const { email: given, indicators, options: chosen } = JSON.parse(input) as Input;
	return emailToBundle(read(given), {
		...chosen,
		...(indicators === undefined ? {} : { indicators: indicators as Indicator[] }),
	});
}

export const kind: Kind<string, Bundle> = {
	subject: 'emailToBundle on odd messages, indicators and options',
	form: 'text',
	make: (random) => {
		const input: Input = {
			email: email(random),
			options: options(random),
			...maybe(random, 'indicators', () => random.list(0, 8, () => indicator(random))),
		};
		return JSON.stringify(input);
	},
	run: make,
	refusals: ['STIX_OPTION_INVALID'],
	invariants: {
		'ids are well formed and each there once, and references lead to objects that are there': (bundle) =>
			isSoundBundle(bundle),
		'no text has half of a character or NUL': (bundle) => isWellFormed(bundle),
		'it keeps the rules of STIX': (bundle) => {
			const problems = problemsOf(bundle);
			isTrue(problems.length === 0, problems.slice(0, 5).join('\n'));
		},
		'its picture with badges keeps every text in its place': (bundle, input) => {
			const { indicators = [] } = JSON.parse(input) as { indicators?: Indicator[] };
			const svg = bundleToSvg(bundle, { indicators });
			isTrue(!/<(?!\/?(?:svg|title|rect|text|g|path)\b)/.test(svg), 'another element');
			isWellFormed(svg);
		},
		'the same input gives the same bytes': (bundle, input) =>
			isSame(jsonOf(make(input)), jsonOf(bundle), 'the second time'),
	},
};
