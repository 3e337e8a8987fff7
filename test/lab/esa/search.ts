import { badQuery } from './answers';
import type { LabMessage } from './message';
import { OPERATOR_PARAMETERS, OPERATOR_VALUES, PARAMETERS, type MatchContext, type Parameter } from './parameters';
import { rowOf, timestampText, type RowProfile } from './rows';

/** What is unknown of the real appliance, and can be switched. */
export interface SearchSwitches {
	/** Rows of which product and version. Default `esa-14`. */
	profile: RowProfile;
	/** Zone of the row's timestamps, as `(GMT -05:00)`. Default: the profile's. */
	zone?: string;
	/** Which instants the end of a window takes in. Default `instant`: t ≤ endDate. */
	endDate: 'instant' | 'exclusive' | 'minute';
	/** What an empty or reversed window gives. Default `empty`. */
	reversedWindow: 'empty' | 'error';
	/** What `offset` without `limit`, or the reverse, gives. Default `empty`. */
	halfPaging: 'empty' | 'serve';
	/** Largest `limit` that is served. Default: any. */
	maxLimit?: number;
	/** How two events in one query combine. Default `or`; `and-status` requires deliveryStatus and quarantineStatus; `and` all. */
	events: 'or' | 'and-status' | 'and';
	/** Default `ignore`. */
	textCase: 'ignore' | 'exact';
	/** What a raw `+` is. Default `plus`. */
	plus: 'plus' | 'space';
	/** Default `newest`. */
	order: 'newest' | 'oldest';
	/** Whether a search for `(No Subject)` finds messages without one. Default false. */
	findsPlaceholder: boolean;
}

export const DEFAULT_SWITCHES: SearchSwitches = {
	profile: 'esa-14',
	endDate: 'instant',
	reversedWindow: 'empty',
	halfPaging: 'empty',
	events: 'or',
	textCase: 'ignore',
	plus: 'plus',
	order: 'newest',
	findsPlaceholder: false,
};

/** Name and value pairs of a raw query, each name once. Anything that is not clean percent-encoding is refused. */
export function parseQuery(
	raw: string,
	plus: SearchSwitches['plus'] = 'plus',
	repeatable: string[] = [],
): Map<string, string> {
	const pairs = new Map<string, string>();
	for (const piece of raw === '' ? [] : raw.split('&')) {
		const [name, value, ...rest] = piece.split('=');
		if (!name || value === undefined || rest.length > 0) throw badQuery(`Unexpected attribute - ${piece}.`);
		const decoded = decode(plus === 'space' ? value.replaceAll('+', ' ') : value);
		const before = pairs.get(name);
		if (before !== undefined && !repeatable.includes(name)) throw badQuery(`Unexpected attribute - ${name}.`);
		pairs.set(name, before === undefined ? decoded : `${before},${decoded}`);
	}
	return pairs;
}

function decode(value: string): string {
	// Characters that a query cannot carry raw (RFC 3986 section 3.4).
	if (/[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]/.test(value)) throw badQuery('Bad request syntax.');
	try {
		return decodeURIComponent(value);
	} catch {
		throw badQuery('Bad request syntax.');
	}
}

/** `YYYY-MM-DDThh:mm:00.000Z` in epoch milliseconds. */
export function windowOf(parameters: Map<string, string>): { start: number; end: number } {
	const read = (name: string): number => {
		const value = parameters.get(name);
		if (value === undefined) throw badQuery('Missing attribute - startDate or endDate.');
		const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) ? Date.parse(value) : NaN;
		if (Number.isNaN(time)) throw badQuery(`Unexpected attribute - ${name}.`);
		if (!value.endsWith(':00.000Z')) {
			throw badQuery('startDate and endDate attribute supports only 00 seconds and 000 microseconds.');
		}
		return time;
	};
	return { start: read('startDate'), end: read('endDate') };
}

export interface Paging {
	offset: number;
	limit: number;
}

function pagingOf(parameters: Map<string, string>, switches: SearchSwitches): Paging | undefined {
	const offset = parameters.get('offset');
	const limit = parameters.get('limit');
	for (const value of [offset, limit]) {
		if (value !== undefined && !/^\d{1,9}$/.test(value)) throw badQuery('Unexpected attribute - offset or limit.');
	}
	if ((offset === undefined) !== (limit === undefined) && switches.halfPaging === 'empty') return undefined;
	const wanted = Number(limit ?? 20);
	return { offset: Number(offset ?? 0), limit: Math.min(wanted, switches.maxLimit ?? wanted) };
}

const PLAIN = new Set(['startDate', 'endDate', 'offset', 'limit', 'searchOption']);

interface Search {
	basics: Array<(message: LabMessage) => boolean>;
	events: Array<(message: LabMessage) => boolean>;
}

/** Checks every parameter and gives one test for each. */
function compile(parameters: Map<string, string>, switches: SearchSwitches): Search {
	const search: Search = { basics: [], events: [] };
	for (const [name, value] of parameters) {
		if (PLAIN.has(name)) continue;
		const valueName = OPERATOR_PARAMETERS.get(name);
		if (valueName !== undefined) {
			if (!parameters.has(valueName)) throw badQuery(`Missing attribute - ${valueName}.`);
			if (!OPERATOR_VALUES.includes(value)) throw badQuery(`Unexpected attribute - ${value}.`);
			continue;
		}
		const parameter = PARAMETERS.get(name);
		if (parameter === undefined) throw badQuery(`Unexpected attribute - ${name}.`);
		if (parameter.check?.(value) === false) throw badQuery(`Unexpected attribute - ${name}.`);
		const missing = [...(parameter.group ?? []), ...(parameter.operator ? [parameter.operator] : [])].find(
			(one) => !parameters.has(one),
		);
		if (missing !== undefined) throw badQuery(`Missing attribute - ${missing}.`);
		const test = testOf(parameter, value, contextOf(parameter, parameters, switches));
		if (test !== undefined) (required(name, parameter, switches) ? search.basics : search.events).push(test);
	}
	return search;
}

function required(name: string, parameter: Parameter, switches: SearchSwitches): boolean {
	if (parameter.family === 'basic' || switches.events === 'and') return true;
	return switches.events === 'and-status' && (name === 'deliveryStatus' || name === 'quarantineStatus');
}

function contextOf(parameter: Parameter, parameters: Map<string, string>, switches: SearchSwitches): MatchContext {
	return {
		operator: parameters.get(parameter.operator ?? '') ?? '',
		fold: switches.textCase === 'ignore' ? (text) => text.toLowerCase() : (text) => text,
		parameters,
		findsPlaceholder: switches.findsPlaceholder,
	};
}

function testOf(
	{ matches }: Parameter,
	value: string,
	context: MatchContext,
): ((message: LabMessage) => boolean) | undefined {
	return matches && ((message) => matches(message, value, context));
}

export interface TrackingAnswer {
	meta: { num_bad_records: number; totalCount: number };
	data: Array<{ attributes: Record<string, unknown> }>;
}

/** The answer to `message-tracking/messages`. */
export function searchMessages(traffic: readonly LabMessage[], raw: string, switches: SearchSwitches): TrackingAnswer {
	const parameters = parseQuery(raw, switches.plus);
	const { start, end } = windowOf(parameters);
	const option = parameters.get('searchOption') ?? 'messages';
	if (option !== 'messages' && option !== 'rejected_connections')
		throw badQuery('Unexpected attribute - searchOption.');
	const { basics, events } = compile(parameters, switches);
	const paging = pagingOf(parameters, switches);
	if (end <= start && switches.reversedWindow === 'error') throw badQuery('Unexpected attribute - endDate.');
	if (end <= start || paging === undefined) return answer([], 0);
	if (option === 'rejected_connections') return rejectedConnections(switches, start);
	const last = { instant: end, exclusive: end - 1, minute: end + 59_999 }[switches.endDate];
	const found = traffic.filter(
		(message) =>
			message.time >= start &&
			message.time <= last &&
			basics.every((test) => test(message)) &&
			(events.length === 0 || events.some((test) => test(message))),
	);
	if (switches.order === 'newest') found.reverse();
	const page = found.slice(paging.offset, paging.offset + paging.limit);
	const shown = page.filter(({ bad }) => !bad);
	return answer(
		shown.map((message) => rowOf(message, switches.profile, switches.zone)),
		page.length - shown.length,
	);
}

function answer(data: TrackingAnswer['data'], bad: number): TrackingAnswer {
	return { meta: { num_bad_records: bad, totalCount: data.length }, data };
}

function rejectedConnections(switches: SearchSwitches, time: number): TrackingAnswer {
	return answer(
		[
			{
				attributes: {
					hostName: '',
					icid: 17,
					messageStatus: 'REJECTED',
					rejected: 'sender group BLOCKED_LIST',
					sbrs: '-9.1',
					senderGroup: 'BLOCKED_LIST',
					senderIp: '203.0.113.66',
					serialNumber: 'EC2CD1D95C273722A23A-CA0C47E74D1B',
					timestamp: timestampText(time, switches.zone ?? '(GMT +00:00)'),
				},
			},
		],
		0,
	);
}
