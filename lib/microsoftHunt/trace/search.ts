import type { ErrorDetails } from '../../errors';
import { HuntError } from '../../hunt';
import type { PatternLiteral } from '../../pattern';
import { instant, settingsOr } from '../../settings';
import { TRACE_FIELDS, TRACE_LANGUAGE, type TRACE_STATUSES, type TraceTerm } from './language';

/** Fields of message trace; all that are given have to hold. */
export interface TraceFields {
	/** Both to the second. Dates, or texts as `instantOf` reads them: without a zone, UTC. */
	start: Date | string;
	stop: Date | string;
	sender?: string | undefined;
	recipient?: string | undefined;
	/** Part of it. */
	subject?: string | undefined;
	/** As in the header, with angle brackets. */
	messageId?: string | undefined;
	networkMessageId?: string | undefined;
	senderIp?: string | undefined;
	status?: (typeof TRACE_STATUSES)[number] | undefined;
}

const PATHS: Readonly<Record<Exclude<keyof TraceFields, 'start' | 'stop'>, readonly string[]>> = {
	sender: ['email-message:sender_ref.value'],
	recipient: ['email-message:to_refs[*].value'],
	subject: ['email-message:subject'],
	messageId: ['email-message:message_id'],
	networkMessageId: ['email-message:x_network_message_id'],
	senderIp: ['ipv4-addr:value', 'ipv6-addr:value'],
	status: ['email-message:x_delivery_statuses[*]'],
};

/** The query of a search by fields, as plans have it. Empty fields are left out. @throws HuntError `HUNT_VALUE_REFUSED` */
export function traceQuery({ start: from, stop: to, ...fields }: TraceFields): string {
	const start = settingsOr(() => instant('start', from), refused).getTime();
	const stop = settingsOr(() => instant('stop', to), refused).getTime();
	if (start >= stop) throw new HuntError('HUNT_WINDOW_INVALID', 'The start of the time window must be before its end');
	const terms = Object.entries(fields)
		.filter(([, value]) => value !== undefined && value !== '')
		.map(([name, value]) => termOf(name as keyof typeof PATHS, value));
	return TRACE_LANGUAGE.encode([terms], { start, stop, assumed: false });
}

function termOf(name: keyof typeof PATHS, value: string): TraceTerm {
	const constant: PatternLiteral = { kind: 'string', at: NOWHERE, value };
	let problem = '';
	for (const path of PATHS[name]) {
		const search = TRACE_FIELDS.get(path)!.searches[0]!;
		const answer = search.ask(
			name === 'subject'
				? { kind: 'like', text: value, before: true, after: true }
				: { kind: 'is', values: [constant] },
		);
		// Rows of a search are not checked: a part of the value would find others.
		if (answer !== undefined && 'terms' in answer && !answer.wider) return answer.terms[0]!;
		problem = answer !== undefined && 'problem' in answer ? answer.problem : 'it is too long to be sent';
	}
	throw new HuntError('HUNT_VALUE_REFUSED', `${name}: ${problem}`);
}

const NOWHERE = { offset: 0, line: 1, column: 1 };
const refused = (message: string, details: ErrorDetails) => new HuntError('HUNT_VALUE_REFUSED', message, details);
