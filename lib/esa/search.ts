import { isIP } from 'node:net';
import type { ErrorDetails } from '../errors';
import { ESA_LIMITS } from '../limits';
import { ceilToMinute, floorToMinute } from '../units';
import { instant, settingsOr, wholeNumber } from '../settings';
import { HuntError } from './errors';
import { encodeValue } from './query';

/** A text as it is, or how it has to be found. */
export type TextField = string | { operator: 'is' | 'contains' | 'begins_with'; value: string };

/** Columns of message tracking; all that are given have to hold. */
export interface SearchFields {
	/** Both to the minute: the seconds of `start` are cut, `stop` is rounded up. Dates, or texts as `instantOf` reads them: without a zone, UTC. */
	start: Date | string;
	stop: Date | string;
	sender?: TextField;
	recipient?: TextField;
	subject?: TextField;
	attachmentName?: TextField;
	domain?: TextField;
	replyTo?: TextField;
	/** As in the header, with angle brackets. */
	messageId?: string;
	mid?: number;
	senderIp?: string;
	sha256?: string;
	direction?: 'incoming' | 'outgoing';
	deliveryStatus?: 'DELIVERED' | 'DROPPED' | 'ABORTED' | 'BOUNCED';
	/** One gateway behind a manager (SMA). */
	host?: string;
	/** One event that happened, by the name of its parameter (`spamPositive`, `virusPositive`…). The appliance ORs events: one only. */
	event?: string;
	/** Connections that were refused, instead of messages. Recorded only when the appliance is told to. */
	rejectedConnections?: boolean;
}

const TEXTS = {
	sender: 'envelopeSenderfilter',
	recipient: 'envelopeRecipientfilter',
	subject: 'subjectfilter',
	attachmentName: 'attachmentName',
	domain: 'domainName',
	replyTo: 'replyTo',
} as const;

const VALUES: ReadonlyArray<readonly [keyof SearchFields, string, (value: string) => boolean, string]> = [
	['messageId', 'messageIdHeader', () => true, ''],
	['senderIp', 'senderIp', (value) => isIP(value) !== 0, 'it is no IP address'],
	['sha256', 'fileSha256', (value) => /^[0-9a-f]{64}$/.test(value), 'a SHA-256 has 64 hexadecimal digits'],
	['direction', 'messageDirection', (value) => /^(?:incoming|outgoing)$/.test(value), 'it is incoming or outgoing'],
	[
		'deliveryStatus',
		'deliveryStatus',
		(value) => /^(?:DELIVERED|DROPPED|ABORTED|BOUNCED)$/.test(value),
		'it is DELIVERED, DROPPED, ABORTED or BOUNCED',
	],
	['host', 'ciscoHost', () => true, ''],
];

/** The query of a search by fields, without paging. Empty fields are left out. */
export function searchQuery(fields: SearchFields): string {
	const pairs: string[] = [];
	for (const [field, parameter] of Object.entries(TEXTS)) {
		const given = fields[field as keyof typeof TEXTS];
		const { operator, value } = typeof given === 'object' ? given : { operator: 'is', value: given ?? '' };
		if (value === '') continue;
		if (!['is', 'contains', 'begins_with'].includes(operator))
			throw refusal(field, 'the operators are is, contains and begins_with');
		pairs.push(`${parameter}Operator=${operator}`, `${parameter}Value=${encoded(field, value)}`);
	}
	if (fields.mid !== undefined) pairs.push(`ciscoMid=${settingsOr(() => midIn(fields.mid), refused)}`);
	for (const [field, parameter, isValid, problem] of VALUES) {
		const given = fields[field];
		if (given === undefined || given === '') continue;
		const plain = given as string | number;
		const text = field === 'sha256' ? String(plain).toLowerCase() : String(plain);
		if (!isValid(text)) throw refusal(field, problem);
		pairs.push(`${parameter}=${encoded(field, text)}`);
	}
	if (fields.event) {
		if (!/^[A-Za-z_]{1,64}$/.test(fields.event)) throw refusal('event', 'it is the name of a parameter');
		pairs.push(`${fields.event}=True`);
	}
	if (fields.rejectedConnections) pairs.push('searchOption=rejected_connections');
	const start = minute('start', fields.start, floorToMinute);
	const stop = minute('stop', fields.stop, ceilToMinute);
	if (start >= stop) throw new HuntError('HUNT_WINDOW_INVALID', 'start is not before stop');
	return [...pairs, `startDate=${start}`, `endDate=${stop}`].join('&');
}

const refused = (message: string, details: ErrorDetails) => new HuntError('HUNT_VALUE_REFUSED', message, details);

const midIn = (mid: unknown) => wholeNumber('mid', mid, { least: 0, most: ESA_LIMITS.maxMid });

function encoded(field: string, value: string): string {
	const text = encodeValue(value);
	if (text === undefined || text.length > ESA_LIMITS.maxValueLength)
		throw refusal(field, 'the value cannot be sent: too long, or half a character');
	return text;
}

function minute(field: string, value: Date | string, round: (time: number) => number): string {
	return new Date(round(settingsOr(() => instant(field, value), refused).getTime())).toISOString();
}

const refusal = (field: string, problem: string): HuntError =>
	new HuntError('HUNT_VALUE_REFUSED', `${field}: ${problem}`);
