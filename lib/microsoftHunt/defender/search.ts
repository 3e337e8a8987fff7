import type { ErrorDetails } from '../../errors';
import { HuntError } from '../../hunt';
import type { PatternLiteral } from '../../pattern';
import { instant, settingsOr } from '../../settings';
import { DEFENDER_FIELDS, type KqlTerm } from './columns';
import { DEFENDER_LANGUAGE } from './language';

/** Fields of the mail tables of advanced hunting; all that are given have to hold. Texts are compared without case. */
export interface DefenderFields {
	/** Both to the millisecond. Dates, or texts as `instantOf` reads them: without a zone, UTC. */
	start: Date | string;
	stop: Date | string;
	/** Header From. */
	from?: string | undefined;
	/** Envelope sender. */
	sender?: string | undefined;
	recipient?: string | undefined;
	/** Part of it. */
	subject?: string | undefined;
	/** As in the header, with angle brackets. */
	messageId?: string | undefined;
	networkMessageId?: string | undefined;
	senderIp?: string | undefined;
	/** Of the sender, or of a link. */
	domain?: string | undefined;
	url?: string | undefined;
	/** Part of it. */
	fileName?: string | undefined;
	sha256?: string | undefined;
	/** Part of it: Phish, Malware, Spam. */
	threat?: string | undefined;
}

const PATHS: Readonly<Record<Exclude<keyof DefenderFields, 'start' | 'stop'>, string>> = {
	from: 'email-message:from_ref.value',
	sender: 'email-message:sender_ref.value',
	recipient: 'email-message:to_refs[*].value',
	subject: 'email-message:subject',
	messageId: 'email-message:message_id',
	networkMessageId: 'email-message:x_network_message_id',
	senderIp: 'ipv4-addr:value',
	domain: 'domain-name:value',
	url: 'url:value',
	fileName: 'file:name',
	sha256: 'file:hashes.SHA-256',
	threat: 'email-message:x_threat_types[*]',
};
const PARTS: ReadonlySet<string> = new Set(['subject', 'fileName', 'threat']);

/** The query of a search by fields, as plans have it. Empty fields are left out. @throws HuntError `HUNT_VALUE_REFUSED` */
export function defenderQuery({ start: from, stop: to, ...fields }: DefenderFields): string {
	const start = settingsOr(() => instant('start', from), refused).getTime();
	const stop = settingsOr(() => instant('stop', to), refused).getTime();
	if (start >= stop) throw new HuntError('HUNT_WINDOW_INVALID', 'The start of the time window must be before its end');
	const terms = Object.entries(fields)
		.filter(([, value]) => value !== undefined && value !== '')
		.map(([name, value]) => termOf(name as keyof typeof PATHS, value));
	return DEFENDER_LANGUAGE.encode([terms], { start, stop, assumed: false });
}

function termOf(name: keyof typeof PATHS, value: string): KqlTerm {
	const path = name === 'senderIp' && value.includes(':') ? 'ipv6-addr:value' : PATHS[name];
	const constant: PatternLiteral = { kind: 'string', at: { offset: 0, line: 1, column: 1 }, value };
	const answer = DEFENDER_FIELDS.get(path)!.searches[0]!.ask(
		PARTS.has(name) ? { kind: 'like', text: value, before: true, after: true } : { kind: 'is', values: [constant] },
	);
	if (answer !== undefined && 'terms' in answer) return answer.terms[0]!;
	throw new HuntError('HUNT_VALUE_REFUSED', `${name}: ${answer?.problem ?? 'it cannot be searched'}`);
}

const refused = (message: string, details: ErrorDetails) => new HuntError('HUNT_VALUE_REFUSED', message, details);
