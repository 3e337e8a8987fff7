import { nonEmpty } from '../../json';
import { EMAIL_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { parseAddresses, shownSender } from './address';
import { parseMailDate } from './date';
import type { Email, EmailAddress } from '../email';
import { decodeHeaderText, decodeRawText } from './encodedWord';
import type { HeaderBlock, RawField } from './fields';
import type { Warnings } from '../warnings';

/** What the header fields of the message itself say. */
export type Envelope = Pick<
	Email,
	| 'messageId'
	| 'inReplyTo'
	| 'references'
	| 'date'
	| 'receivedAt'
	| 'subject'
	| 'from'
	| 'fromText'
	| 'sender'
	| 'replyTo'
	| 'to'
	| 'cc'
	| 'bcc'
	| 'returnPath'
	| 'headers'
	| 'receivedLines'
	| 'authenticationResults'
>;

/** Fields that a message may have once (RFC 5322 section 3.6, RFC 2045 section 3). */
const SINGLE = [
	'date',
	'from',
	'sender',
	'reply-to',
	'to',
	'cc',
	'bcc',
	'message-id',
	'in-reply-to',
	'references',
	'subject',
	'mime-version',
	'content-type',
	'content-transfer-encoding',
	'content-disposition',
] as const;

/** Fields that hold addresses. */
type AddressField = 'from' | 'sender' | 'reply-to' | 'to' | 'cc' | 'bcc';

/** Reads the header of a message. The first field of a kind counts, recipients of repeated ones are joined. */
export function readEnvelope(header: HeaderBlock, declaredCharset: string | undefined, warnings: Warnings): Envelope {
	const { fields } = header;
	if (header.dropped > 0) warnings.notice('too-many-headers');
	if (fields.length === 0) warnings.warn('header-missing', 'The message has no header.');
	const byKey = new Map<string, RawField[]>();
	for (const field of fields) {
		const same = byKey.get(field.key);
		if (same === undefined) byKey.set(field.key, [field]);
		else same.push(field);
	}
	for (const key of SINGLE) {
		const count = byKey.get(key)?.length ?? 0;
		if (count > 1)
			warnings.warn(
				`${key}-repeated`,
				`The message has ${count} ${byKey.get(key)![0]!.name} fields, but only one is allowed. The first one is used.`,
			);
	}
	const raws = (key: string): string[] => (byKey.get(key) ?? []).map((field) => field.raw);
	const first = (key: string): string | undefined => byKey.get(key)?.[0]?.raw;
	// Unlabelled bytes in a header are, as a rule, in the charset of the text below it.
	const charset =
		declaredCharset !== undefined && !/^(?:utf-?8|us-ascii|ascii)$/.test(declaredCharset) ? declaredCharset : undefined;
	const unread: string[] = [];
	const addresses = (key: AddressField, bodies = raws(key)): EmailAddress[] => {
		const all: EmailAddress[] = [];
		for (const body of bodies) {
			const found = parseAddresses(body, EMAIL_LIMITS.maxAddresses - all.length, charset);
			if (found.hasOther && !unread.includes(key)) unread.push(key);
			for (const one of found.addresses) all.push(one);
			if (!found.cut) continue;
			warnings.notice('too-many-addresses');
			break;
		}
		return all;
	};
	const headers = fields.map(({ name, raw }) => ({ name, value: decodeHeaderText(raw, charset) }));
	const text = (key: string): string | undefined => headers[fields.findIndex((field) => field.key === key)]?.value;

	const receivedLines = raws('received').map((raw) => decodeRawText(raw, charset));
	const date = readDate(first('date'), warnings);
	const receivedAt = receivedLines[0] === undefined ? undefined : receivedDate(receivedLines[0]);
	if (date !== undefined && receivedAt !== undefined && date.getTime() > receivedAt.getTime() + DAY) {
		warnings.warn('date-in-future', 'The date in the Date field is more than a day after the message was received.');
	}
	const from = addresses('from', raws('from').slice(0, 1));
	const shown = from.length > 0 ? {} : shownSender(first('from') ?? '', charset);
	if (shown.address !== undefined) {
		from.push(shown.address);
		warnings.warn(
			'from-misplaced',
			'The address in the From field is inside a comment or an encoded word. Mail programs show it, mail servers do not read it.',
		);
	} else if (from.length === 0) warnings.warn('from-missing', 'The From field of the message contains no address.');
	const [sender] = addresses('sender', raws('sender').slice(0, 1));
	const returnPath = readReturnPath(first('return-path'));
	const messageId = nonEmpty(text('message-id'));
	const inReplyTo = nonEmpty(text('in-reply-to'));
	const subject = text('subject');
	const replyTo = addresses('reply-to');
	const [to, cc, bcc] = [addresses('to'), addresses('cc'), addresses('bcc')];
	if (unread.length > 0)
		warnings.warn(
			'address-invalid',
			`Not everything in ${unread.map((key) => byKey.get(key)![0]!.name).join(', ')} is an address. The rest was left out.`,
		);
	const references = (text('references') ?? '').split(/[\s,]+/).filter((id) => id !== '');
	if (references.length > EMAIL_LIMITS.maxReferences) warnings.notice('too-many-references');
	return {
		...(messageId === undefined ? {} : { messageId }),
		...(inReplyTo === undefined ? {} : { inReplyTo }),
		references: references.slice(0, EMAIL_LIMITS.maxReferences),
		...(date === undefined ? {} : { date }),
		...(receivedAt === undefined ? {} : { receivedAt }),
		...(subject === undefined ? {} : { subject }),
		from,
		...(shown.text === undefined ? {} : { fromText: shown.text }),
		...(sender === undefined ? {} : { sender }),
		replyTo,
		to,
		cc,
		bcc,
		...(returnPath === undefined ? {} : { returnPath }),
		headers,
		receivedLines,
		authenticationResults: raws('authentication-results').map((raw) => decodeRawText(raw, charset)),
	};
}

function readDate(raw: string | undefined, warnings: Warnings): Date | undefined {
	if (raw === undefined) {
		warnings.warn('date-missing', 'The message has no Date field.');
		return undefined;
	}
	const parsed = parseMailDate(raw);
	if (parsed === undefined) {
		warnings.warn('date-invalid', 'The Date field does not contain a date.');
		return undefined;
	}
	if (!parsed.zoneKnown) warnings.warn('date-without-zone', 'The Date field has no time zone. It was read as UTC.');
	return parsed.date;
}

/** Time of a Received line: what stands behind its last semicolon (RFC 5322 section 3.6.7). */
function receivedDate(line: string): Date | undefined {
	const at = line.lastIndexOf(';');
	return at === -1 ? undefined : parseMailDate(line.slice(at + 1))?.date;
}

function readReturnPath(raw: string | undefined): string | undefined {
	if (raw === undefined) return undefined;
	if (/^<\s*>/.test(raw)) return '';
	return parseAddresses(raw, 1).addresses[0]?.address;
}
