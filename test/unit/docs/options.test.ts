import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BUNDLE_DEFAULTS, IMAP_DEFAULTS, POLL_DEFAULTS, TRIGGER_DEFAULTS } from '../../../lib/defaults';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { everyProperty, type Shown } from '../nodes/descriptions';

/*
 * The tables of options in docs/ tell the truth: each row of a table with a column `default` names options as the editor does, and
 * what the node really begins with. Several options in one row are separated by commas, with one default for all, or one for each.
 */

const DOCS = join(__dirname, '../../../docs');

interface Row {
	line: number;
	heading: string;
	names: string[];
	/** As written, for all of them. */
	value: string;
	about: string;
}

/** Rows of every table whose second column is `default`. */
function rowsOf(page: string): Row[] {
	const rows: Row[] = [];
	let heading = '';
	let inTable = false;
	readFileSync(join(DOCS, page), 'utf8')
		.split('\n')
		.forEach((text, index) => {
			if (text.startsWith('#')) heading = text.replace(/^#+ /, '');
			const cells = text.startsWith('|')
				? text
						.slice(1)
						.split('|')
						.map((cell) => cell.trim())
				: [];
			if (cells[1] === 'default') inTable = true;
			else if (cells.length < 3) inTable = false;
			else if (inTable && !cells[0]!.startsWith('---')) {
				const names = cells[0]!.split(', ').map((name) => name.replace(/^option /, '').replace(/^[*`](.*)[*`]$/, '$1'));
				rows.push({ line: index + 1, heading, names, value: cells[1]!, about: cells[2]! });
			}
		});
	return rows;
}

/** Pages, and the nodes or credentials that their tables describe: by heading where there are several. */
const PAGES: Record<string, string[]> = {
	'cisco-secure-email.md': ['ciscoEsa'],
	'credentials.md': [
		'emailIntelCiscoEsaApi',
		'emailIntelGmailOAuth2Api',
		'emailIntelGraphApi',
		'emailIntelImapApi',
		'emailIntelOpenCtiApi',
	],
	'email-to-stix.md': ['emailToStix'],
	'graph-trigger.md': ['graphTrigger'],
	'imap-trigger.md': ['imapTrigger'],
	'mailbox-reader.md': ['mailbox'],
	'microsoft-365-hunt.md': ['microsoft365Hunt'],
	'opencti.md': ['openCti'],
	'stix-pattern.md': ['stixPattern'],
};

/** Added by n8n. */
const NOT_OURS = new Set(['Poll Times']);
/** What holds where nobody sets it is not what the editor offers to who adds it. */
const OFFERED = new Set(['Confidence']);

const ALL = everyProperty();

/** The properties that a row may mean. */
function meant(owners: readonly string[], heading: string, name: string): Shown[] {
	const named = ALL.filter(({ owner, property }) => owners.includes(owner) && property.displayName === name);
	const here = named.filter(({ ownerTitle }) => ownerTitle === heading);
	const candidates = here.length > 0 ? here : named;
	const words = new Set(heading.split(/[:,] /));
	const narrow = candidates.filter(({ operations }) => operations.some((operation) => words.has(operation)));
	return narrow.length > 0 ? narrow : candidates;
}

const plain = (text: string) => text.replace(/^`(.*)`$/, '$1').toLowerCase();

/** What a page may call the default of a property. */
function isTold(value: string, property: INodeProperties): boolean {
	const told = plain(value);
	const names = (values: unknown[]) =>
		values.map(
			(one) =>
				// The platform's own lists have no names but the values.
				(property.options as INodePropertyOptions[] | undefined)?.find((option) => option.value === one)?.name ??
				String(one),
		);
	// A word for what is empty: none, all, the credential's. Never a number or a value.
	const isWord = !/\d/.test(value) && !value.startsWith('`');
	if (OFFERED.has(property.displayName)) return isWord && value !== '';
	const { default: real } = property;
	if (property.type === 'number') return told === String(real);
	if (property.type === 'boolean') return told === (real === true ? 'on' : 'off');
	if (property.type === 'options' && real !== '') return names([real])[0]!.toLowerCase() === told;
	if (property.type === 'multiOptions') {
		const chosen = names(real as unknown[]);
		return chosen.length === 0 ? isWord : told === chosen.sort().join(', ').toLowerCase();
	}
	const text = typeof real === 'object' && real !== null && 'value' in real ? real.value : real;
	if (typeof text !== 'string' || text === '') return isWord;
	return told === text.replace(/^=/, '').toLowerCase();
}

/** Bounds, where a row names them. */
function boundsTold({ about }: Row, property: INodeProperties): boolean {
	const told = /(?:^|\s)([\d.,]+) to ([\d.,]+)/.exec(about);
	if (told === null || property.type !== 'number') return true;
	const [least, most] = told.slice(1).map((text) => Number(text.replace(/,(?=\d{3})/g, '').replace(/[.,]$/, '')));
	return property.typeOptions?.minValue === least && property.typeOptions?.maxValue === most;
}

describe.each(Object.entries(PAGES))('docs/%s', (page, owners) => {
	const rows = rowsOf(page);
	it('has such a table', () => expect(rows.length).toBeGreaterThan(2));

	it.each(rows.map((row): [number, string, Row] => [row.line, row.names.join(', '), row]))(
		'line %d: %s',
		(_line, _names, row) => {
			const values = row.value.split(', ');
			const names = row.names.filter((name) => !NOT_OURS.has(name));
			names.forEach((name, index) => {
				const properties = meant(owners, row.heading, name).map(({ property }) => property);
				const value = names.length > 1 && values.length === names.length ? values[index]! : row.value;
				expect([name, properties.length > 0]).toEqual([name, true]);
				const really = properties.map(({ default: real }) => real);
				expect([name, value, really, properties.some((one) => isTold(value, one))]).toEqual([
					name,
					value,
					really,
					true,
				]);
				expect([name, row.about, properties.some((one) => boundsTold(row, one))]).toEqual([name, row.about, true]);
			});
		},
	);
});

it('a page tells every number that its node has', () => {
	const missing = Object.entries(PAGES).flatMap(([page, owners]) => {
		const text = readFileSync(join(DOCS, page === 'graph-trigger.md' ? 'imap-trigger.md' : page), 'utf8');
		return ALL.filter(({ owner, property }) => owners.includes(owner) && property.type === 'number')
			.map(({ property }) => property.displayName)
			.filter((name) => !text.includes(name))
			.map((name) => `${page}: ${name}`);
	});
	expect(missing).toEqual([]);
});

/** Of the tables for people who program, by the words of their rows. */
const MiB = 2 ** 20;
const CODE: Record<string, Record<string, string>> = {
	'imap.md': {
		port: `${IMAP_DEFAULTS.port} (TLS) or ${IMAP_DEFAULTS.plainPort}`,
		maxMessageBytes: `${POLL_DEFAULTS.maxMessageBytes / MiB} MiB`,
		maxPollBytes: `${POLL_DEFAULTS.maxPollBytes / MiB} MiB`,
		budgetMs: POLL_DEFAULTS.budgetMs.toLocaleString('en-US'),
	},
	'indicators.md': {
		'maxPerType, maxIndicators': [INDICATOR_LIMITS.maxPerType, INDICATOR_LIMITS.maxIndicators]
			.map((number) => number.toLocaleString('en-US'))
			.join(', '),
	},
	'stix.md': {
		'sizes.maxArtifactBytes, .maxRawEmailBytes, .maxTotalArtifactBytes': `${[
			BUNDLE_DEFAULTS.maxArtifactBytes,
			BUNDLE_DEFAULTS.maxRawEmailBytes,
			BUNDLE_DEFAULTS.maxTotalArtifactBytes,
		]
			.map((bytes) => bytes / MiB)
			.join(', ')} MiB`,
		'sizes.maxObservables': BUNDLE_DEFAULTS.maxObservables.toLocaleString('en-US'),
	},
};

it.each(Object.entries(CODE))('docs/%s: what is meant in code where nothing is said', (page, told) => {
	const rows = rowsOf(page);
	expect(rows.length).toBeGreaterThan(5);
	const numbers = rows
		.filter(({ value }) => /\d/.test(value) && !value.startsWith('MD5'))
		.map(({ names, value }) => [names.join(', '), value]);
	expect(Object.fromEntries(numbers)).toEqual(told);
});

it('the numbers that stand in sentences are those of lib', () => {
	const page = (name: string) => readFileSync(join(DOCS, name), 'utf8').replace(/\s+/g, ' ');
	const { messageMegabytes, firstRunCap } = TRIGGER_DEFAULTS;
	expect(page('imap.md')).toContain(`takes at most ${firstRunCap} messages of the first look-back`);
	expect(page('mailbox-reader.md')).toContain(`a raw message up to ${messageMegabytes} MB into the item`);
	expect(page('guides/threat-report-mailbox.md')).toContain(
		`at most ${firstRunCap} messages, ${POLL_DEFAULTS.cap} in each poll`,
	);
	expect(page('../README.md')).toContain(`up to ${messageMegabytes} MB are fetched whole by default`);
	expect(page('security.md')).toContain(`${messageMegabytes} MB by default in the triggers`);
});
