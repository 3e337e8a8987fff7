import { hash } from 'node:crypto';
import { emailFromJson, emailToJson, type Attachment, type Email } from '../../lib/email';
import { EMAIL_LIMITS } from '../../lib/limits';
import { reportFromEmail } from '../../lib/opencti';
import { emailToBundle } from '../../lib/stix';
import { problemsOf } from '../unit/stix/validator';
import { isSame, isSoundBundle, isTrue, isWellFormed, jsonOf } from './invariants';

/** What holds of every Email, wherever it comes from. */

/** What may be made of it, in an order that does not matter. */
const FALLBACK = { publishedFallback: new Date(0) };

/** The messages inside, itself among them. */
export function messagesIn(email: Email): Email[] {
	const found = [email];
	for (const one of found) for (const { email: inner } of one.attachments) if (inner !== undefined) found.push(inner);
	return found;
}

export function isWithinLimits(email: Email): void {
	const messages = messagesIn(email);
	const total = (count: (one: Email) => number): number => messages.reduce((sum, one) => sum + count(one), 0);
	for (const one of messages) {
		isTrue(one.headers.length <= EMAIL_LIMITS.maxHeaderFields, `${one.headers.length} header fields`);
		for (const list of [one.from, one.to, one.cc, one.bcc, one.replyTo]) {
			isTrue(list.length <= EMAIL_LIMITS.maxAddresses, `${list.length} addresses`);
		}
		isTrue(one.references.length <= EMAIL_LIMITS.maxReferences, `${one.references.length} references`);
	}
	isTrue(total(({ parts }) => parts.length) <= EMAIL_LIMITS.maxParts + 1, 'more parts than the limit');
	isTrue(messages.length <= EMAIL_LIMITS.maxParts + 1, `${messages.length} messages`);
	isTrue(total(({ text }) => text?.length ?? 0) <= EMAIL_LIMITS.maxTextBytes, 'more text than the limit');
}

/** Of a message that was read from bytes; what JSON claims is not looked at. */
export function tellsWhatWasCut(email: Email): void {
	for (const { truncated, warnings } of messagesIn(email))
		isTrue(!truncated || warnings.length > 0, 'it was cut in silence');
}

const HASHES = ['md5', 'sha1', 'sha256', 'sha512'] as const;

export function hasTrueHashes(email: Email): void {
	for (const attachment of messagesIn(email).flatMap(({ attachments }) => attachments)) {
		const { content, size } = attachment;
		for (const name of HASHES) {
			const told = attachment[name];
			if (content !== undefined) isSame(told, hash(name, content), `${name} of part ${attachment.partId}`);
			// What has no bytes has no hash: that of nothing would make files equal that are not.
			else isTrue(told === '' || told !== hash(name, ''), `part ${attachment.partId} has the ${name} of nothing`);
		}
		if (content !== undefined) isTrue(content.length === size, `size ${size} of ${content.length} bytes`);
	}
}

/** The bytes, which JSON does not hold, aside. */
export function survivesJson(email: Email): void {
	const json = jsonOf(emailToJson(email));
	const read = emailFromJson(JSON.parse(json) as Record<string, unknown>);
	isSame(jsonOf(sorted(emailToJson(read))), jsonOf(sorted(emailToJson(email))), 'read back from JSON');
}

/** Members in the order of their names. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([name, member]) => [name, sorted(member)]),
	);
}

/** A bundle that keeps every rule of STIX. */
export function makesSoundBundle(email: Email): void {
	const bundle = emailToBundle(email);
	isSoundBundle(bundle);
	isWellFormed(bundle);
	const problems = problemsOf(bundle);
	isTrue(problems.length === 0, problems.slice(0, 5).join('\n'));
}

/** A report, of which every text can be sent. */
export function makesReport(email: Email): void {
	const { files, ...draft } = reportFromEmail(email, FALLBACK);
	isWellFormed(draft);
	isWellFormed(files.map(({ originalName: _original, ...file }) => file));
	for (const { name } of files as Array<{ name: string }>)
		isTrue(!/[/\\]/.test(name), `a file name with a path: ${name}`);
}

/** Attachments without their bytes, for a comparison. */
export const withoutBytes = ({ raw: _raw, attachments, ...email }: Email): unknown => ({
	...email,
	attachments: attachments.map(({ content, email: inner, ...rest }: Attachment) => ({
		...rest,
		bytes: content?.length,
		...(inner === undefined ? {} : { email: withoutBytes(inner) }),
	})),
});
