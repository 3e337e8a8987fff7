import { Parser } from 'htmlparser2';
import { esaRowsToBundle } from '../../../lib/esa';
import { EmailIntelError } from '../../../lib/errors';
import { parseEmail } from '../../../lib/email';
import { reportFromBundle } from '../../../lib/opencti';
import { buildPatterns, matchPattern, parsePattern, patternForObservable } from '../../../lib/pattern';
import {
	bundleToHtml,
	bundleToSvg,
	emailToBundle,
	upgradedTo21,
	withoutReferences,
	type AnyBundle,
	type AnyStixObject,
	type Bundle,
} from '../../../lib/stix';
import { generateTraffic, rowOf } from '../../lab/esa';
import { knownMails } from '../inputs/mails';
import { soup } from '../inputs/text';
import { oddValue, spoilValue } from '../inputs/values';
import { isSame, isTrue, isWellFormed, jsonOf, unlessRefused } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

/** Bundles of this pack, of both versions, and such as others write. */
let known: unknown[] = [];

const FOREIGN = {
	type: 'bundle',
	id: 'bundle--1',
	objects: [
		{ type: 'identity', spec_version: '2.1', id: 'identity--1', name: 'Other', identity_class: 'organization' },
		{ type: 'indicator', spec_version: '2.1', id: 'indicator--1', pattern_type: 'stix', pattern: "[url:value = 'https://evil.example/'] OR [file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", valid_from: '2026-01-01T00:00:00Z', labels: ['malicious-activity'], created_by_ref: 'identity--1' },
		{ type: 'malware', id: 'malware--1', name: 'x', is_family: true, kill_chain_phases: [{ kill_chain_name: 'k', phase_name: 'p' }] },
		{ type: 'relationship', id: 'relationship--1', relationship_type: 'indicates', source_ref: 'indicator--1', target_ref: 'malware--1' },
		{ type: 'sighting', id: 'sighting--1', sighting_of_ref: 'indicator--1', where_sighted_refs: ['identity--1'], count: 2, first_seen: '2026-01-01T00:00:00Z' },
		{ type: 'observed-data', id: 'observed-data--1', first_observed: '2026-01-01T00:00:00Z', last_observed: '2026-01-01T00:00:00Z', number_observed: 1, objects: { 0: { type: 'ipv4-addr', value: '192.0.2.1', resolves_to_refs: ['1'] }, 1: { type: 'mac-addr', value: '00:11:22:33:44:55' }, 2: { type: 'email-message', is_multipart: false, from_ref: '3', to_refs: ['3'], subject: 's' }, 3: { type: 'email-addr', value: 'a@example.com' } } },
		{ type: 'note', id: 'note--1', content: 'x', object_refs: ['indicator--1'] },
		{ type: 'process', id: 'process--1', command_line: 'x.exe', opened_connection_refs: [] },
		{ type: 'software', id: 'software--1', name: 's', vendor: 'v', version: '1', cpe: 'cpe:2.3:a:v:s:1' },
		{ type: 'artifact', id: 'artifact--1', hashes: { 'SHA-256': 'ab'.repeat(32) }, payload_bin: 'eA==' },
		{ type: 'report', id: 'report--1', name: 'Report', published: '2026-01-01T00:00:00Z', object_refs: ['indicator--1', 'malware--1', 'note--1'], object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'], external_references: [{ source_name: 'email', external_id: '<1@example.org>' }] },
	],
}; // prettier-ignore

async function open(): Promise<() => Promise<void>> {
	const emails = await Promise.all(knownMails().map((mail) => parseEmail(mail)));
	const rows = generateTraffic({ count: 3 }).map((message) => rowOf(message, 'esa-14'));
	const own = emails.map((email) => emailToBundle(email, { patterns: { policy: 'unflagged' } }));
	const of = (bundle: object): object => JSON.parse(JSON.stringify(bundle)) as object;
	known = [
		...own.map(of),
		of(esaRowsToBundle(rows)),
		of(esaRowsToBundle(rows, { stixVersion: '2.0' })),
		FOREIGN,
		FOREIGN,
		FOREIGN,
		FOREIGN,
	];
	return () => Promise.resolve();
}

/** Objects in the order and number that a stranger likes, with texts of his. */
function make(random: Random): string {
	const bundle = structuredClone(random.pick(known)) as { objects: Array<Record<string, unknown>> };
	for (let i = random.below(4); i > 0; i--) {
		const object = random.pick(bundle.objects);
		const name = random.pick(Object.keys(object).length > 0 ? Object.keys(object) : ['x']);
		random.choose<unknown>(
			[3, () => typeof object[name] === 'string' && name !== 'type' && (object[name] = soup(random, 6))],
			[1, () => bundle.objects.push(structuredClone(object))],
			[1, () => (object['pattern'] = `[url:value = '${soup(random, 2)}']`)],
			[1, () => (object['labels'] = [soup(random, 2)])],
		);
	}
	const spoilt = random.chance(0.75);
	return JSON.stringify({ bundle: spoilt ? spoilValue(bundle, random, 'json') : bundle, spoilt } satisfies Input);
}

interface Input {
	bundle: unknown;
	/** Members are of other types than they should be: of such nobody draws a picture. */
	spoilt: boolean;
}

interface Used {
	bundle: AnyBundle;
	/** What could be made of it, each with its code where it was refused. */
	patterns: string[] | undefined;
	svg?: string;
	html?: string;
	upgraded: AnyStixObject[] | undefined;
}

const REFUSALS = [
	'PATTERN_SOURCE_INVALID', 'PATTERN_EMPTY', 'PATTERN_SYNTAX', 'PATTERN_TOO_DEEP', 'PATTERN_TOO_LONG', 'PATTERN_TOO_MANY_TERMS',
	'PATTERN_REGEX_INVALID', 'PATTERN_CIDR_INVALID', 'PATTERN_TOO_COMPLEX', 'PATTERN_OBJECTS_INVALID', 'OPENCTI_INPUT', 'STIX_INPUT', 'STIX_BUNDLE_INVALID',
]; // prettier-ignore

const isObjects = (objects: unknown): objects is AnyStixObject[] =>
	Array.isArray(objects) &&
	objects.every(
		(one: unknown) =>
			typeof one === 'object' &&
			one !== null &&
			typeof (one as AnyStixObject).type === 'string' &&
			typeof (one as AnyStixObject).id === 'string',
	);

function use(input: string): Used {
	const { bundle: given, spoilt } = JSON.parse(input) as Input;
	const bundle = oddValue(JSON.stringify(given ?? null)) as AnyBundle;
	const objects: unknown = (bundle as AnyBundle | null)?.objects;
	return {
		bundle,
		patterns: unlessRefused(REFUSALS, () => buildPatterns(bundle as Bundle, { combine: 'sets' })),
		...(spoilt ? {} : { svg: bundleToSvg(bundle as Bundle), html: bundleToHtml(bundle as Bundle) }),
		// What is no object at all is told before.
		upgraded: isObjects(objects) ? unlessRefused(REFUSALS, () => upgradedTo21(objects)) : undefined,
	};
}

export const kind: Kind<string, Used> = {
	subject: 'bundles of others: patterns, pictures, matches, reports and STIX 2.1 of them',
	form: 'text',
	open,
	make,
	run: use,
	refusals: REFUSALS,
	isRead: ({ patterns }) => patterns !== undefined && patterns.length > 0,
	invariants: {
		'each pattern is one, and says why it matches or cannot': ({ patterns = [], bundle }) => {
			for (const pattern of patterns) {
				parsePattern(pattern);
				unlessRefused(REFUSALS, () => matchPattern(pattern, bundle as Bundle));
			}
		},
		'an observable has a pattern that is one, or none': ({ bundle }) => {
			const { objects } = (bundle ?? {}) as { objects?: unknown };
			if (!isObjects(objects)) return;
			for (const object of objects) {
				const pattern = patternForObservable(object, (id) => objects.find((one) => one.id === id));
				if (pattern !== undefined) parsePattern(pattern);
			}
		},
		'the picture keeps every text in its place': ({ svg = '', html = '' }) => {
			isTrue(!/<(?!\/?(?:svg|title|rect|text|g|path)\b)/.test(svg), 'another element');
			const parser = new Parser(
				{ onattribute: (name) => isTrue(!/^on|href/i.test(name), `attribute ${name}`) },
				{ xmlMode: true },
			);
			parser.end(svg);
			isWellFormed(svg);
			isWellFormed(html);
			isTrue((html.match(/<script/gi) ?? []).length <= 1, 'another script');
		},
		'the report of it is JSON, well formed': ({ bundle }) => {
			const draft = unlessRefused(REFUSALS, () =>
				reportFromBundle(bundle, { name: 'A report', published: '2026-01-01' }),
			);
			if (draft === undefined) return;
			const { files: _files, ...told } = draft;
			jsonOf(told);
			isWellFormed(told);
		},
		'as STIX 2.1 it is upgraded once': ({ upgraded }) => {
			if (upgraded === undefined) return;
			isSame(jsonOf(upgradedTo21(upgraded)), jsonOf(upgraded), 'the second time');
		},
		'what is without a reference does not have it': ({ upgraded = [] }) => {
			const [gone] = upgraded;
			if (gone === undefined) return;
			for (const object of upgraded.slice(0, 50)) {
				const left = withoutReferences(object, new Set([gone.id]));
				if (left === undefined) continue;
				for (const [name, value] of Object.entries(left))
					if (name.endsWith('_ref')) isTrue(value !== gone.id, `${name} of ${object.id}`);
			}
		},
		'nothing throws but an error of this pack': ({ bundle }) => {
			for (const combine of ['observations', 'comparisons'] as const)
				for (const from of ['auto', 'indicators', 'observables'] as const)
					try {
						buildPatterns(bundle as Bundle, { combine, from });
					} catch (error) {
						if (!(error instanceof EmailIntelError)) throw error;
					}
		},
	},
};
