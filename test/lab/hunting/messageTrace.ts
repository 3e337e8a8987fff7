import { LabRefusal, type GraphService } from '../graph';
import { checked, membersOf, propertiesOf } from './metadata';

/** What Exchange knows of a message to one recipient. */
export interface LabTrace {
	id: string;
	sender: string;
	recipient: string;
	messageId: string;
	/** Epoch milliseconds. */
	time: number;
	subject: string;
	size: number;
	fromIp: string;
	toIp: string;
	status: string;
}

/** What Microsoft's page leaves open, and how the service may do it. */
export interface TraceSwitches {
	/** Whether texts are compared without case. */
	textCase: 'ignore' | 'exact';
	/** Whether a property may stand twice in a filter besides the time. */
	repeated: 'refuse' | 'and';
	/** Order of rows. */
	order: 'newest' | 'oldest';
	/** Most rows of a page, whatever `$top` says. */
	maxPage: number;
	/** A page without rows before the last one. */
	emptyPage: boolean;
	/** Fractions of seconds in times. */
	fractions: boolean;
	/** An empty text, or none, where there is no IP address. */
	noIp: '' | null;
}

export const TRACE_DEFAULTS: TraceSwitches = {
	textCase: 'ignore',
	repeated: 'refuse',
	order: 'newest',
	maxPage: 5_000,
	emptyPage: false,
	fractions: false,
	noIp: '',
};

const DAY = 86_400_000;
/** Throttling limit of the page "List messageTraces": 100 requests in 5 minutes. */
const LIMIT = 100;
const PERIOD = 300_000;

interface Condition {
	property: string;
	operator: string;
	value: string;
}

/**
 * `GET /admin/exchange/tracing/messageTraces`, as the pages "List messageTraces" and "exchangeMessageTrace" of Microsoft Graph
 * (January 2026) describe it: filters by property, windows, pages, throttling. What they do not say is a switch, or refused.
 */
export class MessageTraceLab implements GraphService {
	readonly path = 'admin/exchange/tracing/messageTraces';
	traces: LabTrace[] = [];
	switches = TRACE_DEFAULTS;
	/** False: nobody has provisioned the service principal. */
	isProvisioned = true;
	/** `$filter` of every first page. */
	filters: string[] = [];
	/** Times of all requests, those that were refused included. */
	readonly times: number[] = [];
	throttled = 0;
	/** Takes the place of an answer. */
	tamper?: (answer: { value: unknown[] }) => unknown;
	readonly #now: () => number;

	constructor(now: () => number) {
		this.#now = now;
	}

	get requests(): number {
		return this.times.length;
	}

	answer({ method, url, headers, claims }: Parameters<GraphService['answer']>[0]): unknown {
		const now = this.#now();
		this.times.push(now);
		const before = this.times.filter((time) => time > now - PERIOD).length;
		if (before > LIMIT) {
			this.throttled++;
			throw new LabRefusal(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': '60' });
		}
		if (method !== 'GET') throw new LabRefusal(405, 'MethodNotAllowed', 'Only GET.');
		if (!(claims.roles ?? []).includes('ExchangeMessageTrace.Read.All') || !this.isProvisioned)
			throw new LabRefusal(403, 'Forbidden', 'Insufficient privileges to complete the operation.');
		if (headers.prefer !== undefined && headers.prefer !== 'include-unknown-enum-members')
			throw new LabRefusal(400, 'BadRequest', 'The preference is not known.');
		const query: Record<string, string> = {};
		for (const [name, value] of url.searchParams) {
			if (!['$filter', '$top', '$skiptoken'].includes(name) || name in query)
				throw new LabRefusal(400, 'BadRequest', `The query option '${name}' is not supported.`);
			query[name] = value;
		}
		if (query.$skiptoken === undefined) this.filters.push(query.$filter ?? '');
		return this.#page(query, url, headers.prefer !== undefined, now);
	}

	#page(query: Record<string, string>, url: URL, showsAll: boolean, now: number): unknown {
		const top = Number(query.$top ?? 1_000);
		if (!Number.isInteger(top) || top < 1 || top > 5_000)
			throw new LabRefusal(400, 'BadRequest', "The value of '$top' must be between 1 and 5000.");
		const conditions = conditionsOf(query.$filter ?? '');
		const [from, to] = windowOf(conditions, now);
		const others = conditions.filter(({ property }) => property !== 'receivedDateTime');
		const names = others.map(({ property }) => property);
		if (this.switches.repeated === 'refuse' && new Set(names).size < names.length)
			throw new LabRefusal(400, 'BadRequest', 'A property stands twice in the filter.');
		const found = this.traces
			.filter(({ time }) => time >= from && time <= to)
			.filter((trace) => others.every((condition) => this.#meets(trace, condition)))
			.sort((a, b) => (this.switches.order === 'newest' ? b.time - a.time : a.time - b.time));
		const skip = Number(query.$skiptoken?.replace('empty', '') ?? 0);
		const isEmpty = this.switches.emptyPage && query.$skiptoken?.startsWith('empty') !== true && skip > 0;
		const size = isEmpty ? 0 : Math.min(top, this.switches.maxPage);
		const next = new URL(url);
		next.searchParams.set('$skiptoken', isEmpty ? `empty${skip}` : String(skip + size));
		const answer = {
			'@odata.context': `${url.origin}/v1.0/$metadata#admin/exchange/tracing/messageTraces`,
			...(skip + size < found.length ? { '@odata.nextLink': next.href } : {}),
			value: found.slice(skip, skip + size).map((trace) => this.#row(trace, showsAll)),
		};
		return this.tamper === undefined ? answer : this.tamper(answer);
	}

	#meets(trace: LabTrace, { property, operator, value }: Condition): boolean {
		const fold = (text: string) => (this.switches.textCase === 'ignore' ? text.toLowerCase() : text);
		const own = fold(String(this.#row(trace, true)[property] ?? ''));
		const wanted = fold(value);
		if (operator === 'contains') return own.includes(wanted);
		if (operator === 'startsWith') return own.startsWith(wanted);
		if (operator === 'endsWith') return own.endsWith(wanted);
		return own === wanted;
	}

	#row(trace: LabTrace, showsAll: boolean): Record<string, unknown> {
		const { fractions, noIp } = this.switches;
		const iso = new Date(trace.time).toISOString();
		const known = membersOf('exchangeMessageTraceStatus').includes(trace.status) || showsAll;
		return checked('exchangeMessageTrace', {
			id: trace.id,
			senderAddress: trace.sender,
			recipientAddress: trace.recipient,
			messageId: trace.messageId,
			receivedDateTime: fractions ? iso.replace('Z', '4321Z') : iso.replace('.000Z', 'Z'),
			subject: trace.subject,
			size: trace.size,
			fromIP: trace.fromIp === '' ? noIp : trace.fromIp,
			toIP: trace.toIp === '' ? noIp : trace.toIp,
			status: known ? trace.status : 'unknownFutureValue',
		});
	}
}

/** Which operators a property takes in a filter. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
	...Object.fromEntries(
		['fromIP', 'id', 'messageId', 'recipientAddress', 'senderAddress', 'status', 'toIP'].map((name) => [name, ['eq']]),
	),
	receivedDateTime: ['ge', 'le'],
	subject: ['contains', 'startsWith', 'endsWith'],
};

/** `and` of comparisons, and nothing else: the pages show no other. @throws LabRefusal */
export function conditionsOf(filter: string): Condition[] {
	const conditions: Condition[] = [];
	let rest = filter;
	while (rest !== '') {
		const found =
			/^(\w+) (eq|ge|le) (?:'((?:[^']|'')*)'|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ))/.exec(rest) ??
			/^(contains|startsWith|endsWith)\((\w+), '((?:[^']|'')*)'\)/.exec(rest);
		if (found === null)
			throw new LabRefusal(400, 'BadRequest', `Syntax error in the filter at '${rest.slice(0, 40)}'.`);
		const isCall = found[0].startsWith(`${found[1]}(`);
		const [property, operator] = isCall ? [found[2]!, found[1]!] : [found[1]!, found[2]!];
		const value = found[3] ?? found[4]!;
		if (!propertiesOf('exchangeMessageTrace').includes(property) || !OPERATORS[property]?.includes(operator))
			throw new LabRefusal(400, 'BadRequest', `The filter '${operator}' is not supported for '${property}'.`);
		if ((property === 'receivedDateTime') !== (found[4] !== undefined))
			throw new LabRefusal(400, 'BadRequest', `'${property}' is compared with a value of another type.`);
		conditions.push({ property, operator, value: value.replaceAll("''", "'") });
		rest = rest.slice(found[0].length);
		if (rest === '') break;
		if (!rest.startsWith(' and ')) throw new LabRefusal(400, 'BadRequest', 'Syntax error in the filter.');
		rest = rest.slice(5);
	}
	return conditions;
}

/** Both bounds, ten days at most, ninety back, none ahead; two days without them. */
function windowOf(conditions: readonly Condition[], now: number): [from: number, to: number] {
	const times = conditions.filter(({ property }) => property === 'receivedDateTime');
	if (times.length === 0) return [now - 2 * DAY, now];
	const from = times.find(({ operator }) => operator === 'ge');
	const to = times.find(({ operator }) => operator === 'le');
	if (times.length !== 2 || from === undefined || to === undefined)
		throw new LabRefusal(400, 'BadRequest', 'Both bounds of receivedDateTime are needed.');
	const [start, stop] = [Date.parse(from.value), Date.parse(to.value)];
	if (stop - start > 10 * DAY) throw new LabRefusal(400, 'BadRequest', 'The interval must not exceed 10 days.');
	if (start < now - 90 * DAY) throw new LabRefusal(400, 'BadRequest', 'The start is more than 90 days ago.');
	if (stop > now) throw new LabRefusal(400, 'BadRequest', 'The end is later than now.');
	return [start, stop];
}
