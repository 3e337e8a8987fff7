import { HUNT_DEFAULTS } from '../defaults';
import type { ErrorDetails } from '../errors';
import { HuntError } from '../hunt';
import { ESA_LIMITS } from '../limits';
import { instant, settingsOr, wholeNumber } from '../settings';
import { parameterOf, TEXT_OPERATORS, valueText, type Column, type TextOperator } from './column';
import { COLUMNS, ESA_EVENTS, type DELIVERY_STATUSES, type EsaEvent, type SearchColumn } from './fields';
import { minuteAfter, minuteOf } from './minutes';
import { parameterText, type Parameter } from './query';

/** A text as it is, or how it has to be found. */
export type TextField = string | { operator: TextOperator; value: string };

/** Columns of message tracking; all that are given have to hold. */
export interface SearchFields {
	/** Both to the minute: the seconds of `start` are cut, `stop` is rounded up. Dates, or texts as `instantOf` reads them: without a zone, UTC. */
	start: Date | string;
	stop: Date | string;
	sender?: TextField | undefined;
	recipient?: TextField | undefined;
	subject?: TextField | undefined;
	attachmentName?: TextField | undefined;
	domain?: TextField | undefined;
	replyTo?: TextField | undefined;
	/** As in the header, with angle brackets. */
	messageId?: string | undefined;
	mid?: number | undefined;
	senderIp?: string | undefined;
	sha256?: string | undefined;
	direction?: 'incoming' | 'outgoing' | undefined;
	deliveryStatus?: (typeof DELIVERY_STATUSES)[number] | undefined;
	/** One gateway behind a manager (SMA). */
	host?: string | undefined;
	/** One event that happened. The appliance ORs events: one only. */
	event?: EsaEvent | undefined;
	/** Connections that were refused, instead of messages. Recorded only when the appliance is told to. */
	rejectedConnections?: boolean | undefined;
}

/**
 * Fields as people fill them in: one operator for all texts that have one. What is empty, and a MID of 0, asks for nothing.
 *
 * @throws HuntError `HUNT_VALUE_REFUSED` for a field that there is not
 */
export function filledFields(
	given: Readonly<Record<string, string | number | undefined>>,
	operator: TextOperator = 'is',
): Omit<SearchFields, 'start' | 'stop'> {
	const asked = Object.entries(given).filter(([, value]) => value !== undefined && value !== '' && value !== NO_MID);
	return Object.fromEntries(
		asked.map(([name, value]) => {
			if (name === 'event') return [name, value];
			if (!Object.hasOwn(COLUMNS, name)) throw refusal(name, `the fields are ${NAMES.join(', ')}`);
			return [name, COLUMNS[name as SearchColumn].kind === 'text' ? { operator, value } : value];
		}),
	);
}

const { mid: NO_MID } = HUNT_DEFAULTS;

const NAMES = Object.keys(COLUMNS) as SearchColumn[];

/** The query of a search by fields, without paging. Empty fields are left out. @throws HuntError `HUNT_VALUE_REFUSED` */
export function searchQuery(fields: SearchFields): string {
	if (fields.mid !== undefined)
		settingsOr(() => wholeNumber('mid', fields.mid, { least: 0, most: ESA_LIMITS.maxMid }), refused);
	const parameters = NAMES.flatMap((name) => parametersOf(name, fields[name]));
	if (fields.event) {
		if (!ESA_EVENTS.includes(fields.event)) throw refusal('event', `the events are ${ESA_EVENTS.join(', ')}`);
		parameters.push(parameterOf({ kind: 'flag', parameter: fields.event }, 'True'));
	}
	const pairs = parameters.map(parameterText);
	if (fields.rejectedConnections) pairs.push('searchOption=rejected_connections');
	const start = minuteOf(timeOf('start', fields.start));
	const stop = minuteAfter(timeOf('stop', fields.stop));
	if (start >= stop) throw new HuntError('HUNT_WINDOW_INVALID', 'The start of the time window must be before its end');
	return [...pairs, `startDate=${start}`, `endDate=${stop}`].join('&');
}

const refused = (message: string, details: ErrorDetails) => new HuntError('HUNT_VALUE_REFUSED', message, details);

/** None when the field is empty. */
function parametersOf(name: SearchColumn, given: TextField | number | undefined): Parameter[] {
	const { operator = 'is', value } = typeof given === 'object' ? given : { value: given };
	if (value === undefined || value === '') return [];
	const column: Column = COLUMNS[name];
	if (!TEXT_OPERATORS.includes(operator)) throw refusal(name, `the operators are ${TEXT_OPERATORS.join(', ')}`);
	const text = valueText(column, String(value), 'string');
	if (typeof text !== 'string') throw refusal(name, text.problem);
	return [parameterOf(column, text, operator)];
}

function timeOf(field: string, value: Date | string): number {
	return settingsOr(() => instant(field, value), refused).getTime();
}

const refusal = (field: string, problem: string): HuntError =>
	new HuntError('HUNT_VALUE_REFUSED', `${field}: ${problem}`);
