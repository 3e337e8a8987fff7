import { isIP } from 'node:net';
import {
	planFor,
	planTogether,
	timeText,
	type HuntAnswer,
	type HuntField,
	type HuntLanguage,
	type HuntOptions,
	type HuntPlan,
	type HuntQuestion,
	type HuntSearch,
	type HuntWindow,
} from '../../hunt';
import { TRACE_LIMITS } from '../../limits';
import type { Pattern, PatternLiteral } from '../../pattern';
import { DAY } from '../../units';
import { HELP } from '../hunting';

/** One condition of a `$filter`. */
export interface TraceTerm {
	property: string;
	text: string;
}

/** Delivery statuses that message trace knows. */
export const TRACE_STATUSES = [
	'gettingStatus',
	'pending',
	'failed',
	'delivered',
	'expanded',
	'quarantined',
	'filteredAsSpam',
	'recalled',
] as const;

/** What cannot be asked, in the user's words. */
interface Problem {
	problem: string;
}

/** A text in quotes, as OData writes it: the only place where a value becomes part of a filter. */
function literal(value: string): string | Problem {
	if (!isWhole(value) || !fits(value))
		return { problem: 'the constant cannot be sent because it is too long or contains half a character' };
	return `'${value.replaceAll("'", "''")}'`;
}

const isWhole = (value: string): boolean => (value as string & { isWellFormed(): boolean }).isWellFormed();

/** How long a text is in the address of a request. It has no half of a character. */
const lengthInAddress = (text: string): number => encodeURIComponent(text.replaceAll("'", "''")).length;

/** A unit of UTF-16 takes up to three bytes, and each of them three characters. */
const MOST_OF_UNIT = 9;
const fits = (value: string): boolean =>
	value.length * MOST_OF_UNIT <= TRACE_LIMITS.maxValueLength ||
	(value.length <= TRACE_LIMITS.maxValueLength && lengthInAddress(value) <= TRACE_LIMITS.maxValueLength);

/** As much of the beginning of a text as can be sent, or of its end. */
function cut(value: string, side: 'beginning' | 'end'): string {
	if (!isWhole(value) || fits(value)) return value;
	const most = TRACE_LIMITS.maxValueLength;
	const near = side === 'end' ? value.slice(-most) : value.slice(0, most);
	// The other half of a character may be beyond the cut.
	const points = Array.from(near).filter(isWhole);
	if (side === 'end') points.reverse();
	let length = 0;
	const kept: string[] = [];
	for (const point of points) {
		length += lengthInAddress(point);
		if (length > most) break;
		kept.push(point);
	}
	return (side === 'end' ? kept.reverse() : kept).join('');
}

type Comparison = 'eq' | 'contains' | 'startsWith' | 'endsWith';

function term(property: string, comparison: Comparison, value: string): TraceTerm | Problem {
	const quoted = literal(value);
	if (typeof quoted !== 'string') return quoted;
	return { property, text: comparison === 'eq' ? `${property} eq ${quoted}` : `${comparison}(${property}, ${quoted})` };
}

/** One term a value; one that cannot be asked and none of them is. */
function termsOf(
	values: readonly PatternLiteral[],
	termFor: (value: string) => TraceTerm | Problem,
	wider: boolean,
): HuntAnswer<TraceTerm> {
	const terms: TraceTerm[] = [];
	for (const value of values) {
		if (value.kind !== 'string') return { problem: 'the column takes text' };
		if (value.value === '') return { problem: 'message trace cannot search for an empty text' };
		const made = termFor(value.value);
		if ('problem' in made) return made;
		terms.push(made);
	}
	return wider ? { terms, wider: true } : { terms };
}

/** A property that is compared with `eq`. */
function equal(property: string, isValue: (value: string) => boolean = () => true): HuntSearch<TraceTerm> {
	const termFor = (value: string) =>
		isValue(value) ? term(property, 'eq', value) : { problem: 'message trace knows no such value' };
	return {
		operators: ['=', 'IN'],
		ask: (question: HuntQuestion) => {
			if (question.kind === 'is') return termsOf(question.values, termFor, false);
			if (question.kind === 'test' || question.before || question.after) return undefined;
			const made = termFor(question.text);
			return 'problem' in made ? made : { terms: [made] };
		},
	};
}

/** The subject is never compared as a whole. Of a long one, a part is asked for, and rows decide: no address holds the whole of it. */
const subject: HuntSearch<TraceTerm> = {
	operators: ['=', 'IN', "LIKE 'text%'", "LIKE '%text'", "LIKE '%text%'"],
	ask: (question: HuntQuestion) => {
		if (question.kind === 'is')
			return termsOf(question.values, (value) => term('subject', 'startsWith', cut(value, 'beginning')), true);
		if (question.kind === 'test') return undefined;
		const { text, before, after } = question;
		const comparison = before ? (after ? 'contains' : 'endsWith') : 'startsWith';
		const part = cut(text, comparison === 'endsWith' ? 'end' : 'beginning');
		const made = term('subject', comparison, part);
		if ('problem' in made) return made;
		const isExact = (before || after) && part === text;
		return isExact ? { terms: [made] } : { terms: [made], wider: true };
	},
};

type Field = HuntField<TraceTerm>;
const searched = (rows: string, ...searches: HuntSearch<TraceTerm>[]): Field => ({ searches, rows: [rows] });
const isAddress = (family: number) => (value: string) => isIP(value) === family && !value.includes('%');
const same = (path: string, ...searches: HuntSearch<TraceTerm>[]): [string, Field] => [
	path,
	searched(path, ...searches),
];

/** Every object path that can be hunted; message trace knows no header From, no link and no file. */
export const TRACE_FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
	same('email-addr:value', equal('recipientAddress'), equal('senderAddress')),
	same('email-message:sender_ref.value', equal('senderAddress')),
	same('email-message:to_refs[*].value', equal('recipientAddress')),
	same('email-message:subject', subject),
	same('email-message:message_id', equal('messageId')),
	same('email-message:x_network_message_id', equal('id')),
	same('email-message:date'),
	same('email-message:x_size'),
	same('email-message:x_destination_ip', equal('toIP')),
	same(
		'email-message:x_delivery_statuses[*]',
		equal('status', (value) => (TRACE_STATUSES as readonly string[]).includes(value)),
	),
	same('ipv4-addr:value', equal('fromIP', isAddress(4))),
	same('ipv6-addr:value', equal('fromIP', isAddress(6))),
	same('domain-name:value'),
]);

/** The time of a filter, to the second. */
const secondText = (time: number): string => `${timeText(time).slice(0, 19)}Z`;
const SECOND = 1_000;

/** `receivedDateTime ge … and receivedDateTime le …`: both belong to it. */
export const windowText = (start: number, stop: number): string =>
	`receivedDateTime ge ${secondText(Math.floor(start / SECOND) * SECOND)} and receivedDateTime le ${secondText(Math.ceil(stop / SECOND) * SECOND)}`;

/** The window that was written last: it is that of all queries of a plan, and mostly that of all plans of a run. */
let last = { start: NaN, stop: NaN, text: '' };

function windowOf(start: number, stop: number): string {
	if (last.start !== start || last.stop !== stop) last = { start, stop, text: windowText(start, stop) };
	return last.text;
}

/** Of a query, which ends with its window: whatever a value says stands before it. */
const WINDOW = /(?:^| and )receivedDateTime ge (\S+) and receivedDateTime le (\S+)$/;

/** A query taken apart: its conditions, and its window in epoch milliseconds. */
export function partsOf(query: string): { conditions: string; start: number; stop: number } {
	const found = WINDOW.exec(query);
	if (found === null) throw new TypeError('a query of message trace must end with its window');
	return { conditions: query.slice(0, found.index), start: Date.parse(found[1]!), stop: Date.parse(found[2]!) };
}

/** How many windows of ten days it takes, of the ninety that there are. */
function requestsOf(query: string): number {
	const { start, stop } = partsOf(query);
	const days = Math.min((stop - start) / DAY, TRACE_LIMITS.maxDays);
	return Math.max(1, Math.ceil(days / TRACE_LIMITS.windowDays));
}

/** What message trace can be asked: conditions that it ANDs, each property once, one window to the second. */
export const TRACE_LANGUAGE: HuntLanguage<TraceTerm> = {
	name: 'message trace',
	help: HELP,
	fields: TRACE_FIELDS,
	// Whether a property may stand twice in a filter is not documented. Rows decide, so that one of them is enough.
	queriesOf: (terms) => {
		if (terms.length === 1) return [[...terms]];
		const byProperty = new Map<string, TraceTerm>();
		for (const one of terms) if (!byProperty.has(one.property)) byProperty.set(one.property, one);
		return [[...byProperty.values()]];
	},
	encode: ([terms = []], { start, stop }: HuntWindow) => {
		let text = '';
		for (const one of terms) text += `${one.text} and `;
		return text + windowOf(start, stop);
	},
	requestsOf,
	pace: { requests: TRACE_LIMITS.pace, minutes: TRACE_LIMITS.paceMinutes },
};

/**
 * Plans the hunt of a STIX pattern in Exchange message trace. The plan's queries are `$filter`s of `messageTraces`; one whose window is
 * longer than ten days is asked in several requests.
 *
 * The unit is the message to one recipient: comparisons joined by AND inside `[ ]` have to hold for the same one, each for itself.
 *
 * @throws PatternSyntaxError when the text is no pattern; PatternMatchError when an expression or network in it cannot be used
 * @throws HuntError naming the comparison that can be neither searched nor checked on rows, or the bound that is passed
 */
export function planMessageTrace(pattern: string | Pattern, options: HuntOptions = {}): HuntPlan {
	return planFor(TRACE_LANGUAGE, pattern, options);
}

/** The same for all patterns of a run: see `planTogether`. */
export function planMessageTraces(
	patterns: ReadonlyArray<string | Pattern>,
	options: HuntOptions = {},
): Array<HuntPlan | Error> {
	return planTogether(TRACE_LANGUAGE, patterns, options);
}
