import { esaRowsToBundle, type Bundle20, type EsaRow } from '../../../lib/esa';
import type { Bundle } from '../../../lib/stix';
import { generateTraffic, rowOf } from '../../lab/esa';
import { GUIDE_ROW } from '../../unit/esa/rows';
import { CHARACTERS, soup } from '../inputs/text';
import { oddValue, spoilValue } from '../inputs/values';
import { hasSoundMembers, isBounded, isSame, isSoundBundle, isWellFormed, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

const PROFILES = ['esa-14', 'esa-13', 'sma'] as const;
const MESSAGES = generateTraffic({ count: 40 });

function row(random: Random): unknown {
	const { attributes } = random.choose(
		[1, () => GUIDE_ROW],
		[3, () => rowOf(random.pick(MESSAGES), random.pick(PROFILES))],
	);
	const odd = random.chance(0.85) ? spoilValue({ ...attributes, ...fields(random) }, random, 'json') : attributes;
	return { attributes: odd };
}

/** Some columns with other values in them, as the columns are. */
function fields(random: Random): object {
	const many = random.chance(0.02) ? random.between(50, 400) : random.below(5);
	const mids = Array.from({ length: many }, (_, i) => i + 1);
	const text = (): string =>
		random.choose(
			[2, () => soup(random, 5)],
			[1, () => random.pick(['', 'N/A', '(No Subject)', 'None', 'MAILER-DAEMON', '"Doe, Jo" <jo@example.com>', 'x@'])],
			[1, () => random.list(0, 5, () => random.pick(CHARACTERS)).join('')],
		);
	const byMid = (one: () => unknown): object => Object.fromEntries(mids.map((mid) => [mid, one()]));
	const all: Record<string, () => unknown> = {
		mid: () => mids,
		messageID: () => byMid(text),
		messageStatus: () => random.choose<unknown>([1, text], [2, () => byMid(text)]),
		recipientMap: () => byMid(() => random.list(0, 3, text)),
		recipient: () => random.list(0, many, text),
		finalSubject: () => byMid(text),
		friendly_from: () => random.list(0, 3, text),
		sender: text,
		replyTo: text,
		subject: text,
		senderIp: () => random.pick(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1', '0', 'N/A', text()]),
		senderDomain: text,
		senderGroup: text,
		hostName: text,
		serialNumber: text,
		mailPolicy: () => random.list(0, 3, text),
		direction: text,
		sbrs: text,
		rejected: text,
		icid: () => random.pick([1, '1', -1, 1.5, 2 ** 53]),
		timestamp: () => random.pick(['29 Aug 2023 10:00:48 (GMT +00:00)', '31 Feb 2023 10:00:48 (GMT)', '1 Jan 0001 00:00:00 (GMT -12:00)', '31 Dec 9999 23:59:59 (GMT -12:00)', text()]),
	}; // prettier-ignore
	const chosen = Object.entries(all).filter(() => random.chance(0.25));
	return Object.fromEntries(chosen.map(([name, make]) => [name, make()]));
}

interface Made {
	bundle: Bundle;
	old: Bundle20;
}

/** What has no such object is not a row: the client leaves it out. */
const rowsOf = (input: string): EsaRow[] =>
	(oddValue(input) as EsaRow[]).filter(
		({ attributes }) => typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes),
	);

function make(input: string): Made {
	const rows = rowsOf(input);
	return { bundle: esaRowsToBundle(rows), old: esaRowsToBundle(rows, { stixVersion: '2.0' }) };
}

export const kind: Kind<string, Made> = {
	subject: 'esaRowsToBundle on rows of message tracking',
	form: 'text',
	make: (random) => JSON.stringify(random.list(0, random.chance(0.02) ? 200 : 5, () => row(random))),
	run: make,
	refusals: [],
	isRead: ({ bundle }) => bundle.objects.some(({ type }) => type === 'email-message'),
	invariants: {
		'ids are well formed and each there once, and references lead to objects that are there': ({ bundle }) =>
			isSoundBundle(bundle),
		'STIX 2.0 has the same': ({ old }) => {
			for (const { objects, id } of old.objects as Array<{ id: string; objects?: Record<string, object> }>) {
				const keys = new Set(Object.keys(objects ?? {}));
				for (const [key, object] of Object.entries(objects ?? {})) hasSoundMembers(object, `${id}.${key}`, keys);
			}
		},
		'no text has half of a character or NUL': ({ bundle, old }) => isWellFormed([bundle, old]),
		'it is no longer than its input lets it be': ({ bundle, old }, input) => {
			const read = JSON.stringify(rowsOf(input));
			// Each MID of a row is a message of its own, and names every recipient of the row.
			const messages = bundle.objects.filter(({ type }) => type === 'email-message').length;
			isBounded(jsonOf(bundle) + jsonOf(old), read.length, 60 + 2 * messages, 20_000);
		},
		'the same rows give the same bytes': ({ bundle, old }, input) => {
			const again = make(input);
			isSame(jsonOf(again.bundle), jsonOf(bundle), 'the bundle');
			isSame(jsonOf(again.old), jsonOf(old), 'the bundle of STIX 2.0');
		},
	},
};
