import { howToGetBytes, type Attachment, type Email, type EmailAddress, type EmailPart } from '../email';
import { EMAIL_LIMITS, STEP_LIMITS } from '../limits';
import { replaceInSteps, type Steps } from '../steps';
import { emailAddrValue, hashValue } from '../values';
import { addArtifact, addFile, type ArtifactBudget } from './attachments';
import type { BundleBuilder } from './bundleBuilder';
import { additionalHeaderFields } from './headerFields';
import type { EmailMimePart } from './dataTypes';
import type { ResolvedOptions } from './options';
import type { StixInput } from './stixObject';
import { timestampOf } from './timestamp';
import { ownUuid } from './identifier';

/** A message in the bundle, and what became of its parts. */
export interface WrittenMessage {
	/** Id of its email-message object. */
	id: string;
	/** Where its indicators say that they come from: empty for the message itself, `2` for the message attached as part 2. */
	path: string;
}

/** What is gathered while a message and the messages attached to it are written. */
export interface MessageRecord {
	/** The message itself first. */
	messages: WrittenMessage[];
	/** Ids of files by the hex of each of their hashes. */
	filesByHash: Map<string, string>;
	budget: ArtifactBudget;
}

/** Writes a message, its addresses, attachments and attached messages; gives the id of its email-message object. */
export function* addMessage(
	builder: BundleBuilder,
	options: ResolvedOptions,
	email: Email,
	record: MessageRecord,
	path = '',
	depth = 0,
): Steps<string> {
	const place = { id: '', path };
	record.messages.push(place);
	const attached: string[] = [];
	const how = howToGetBytes(email);
	const files: Array<string | undefined> = [];
	for (const attachment of email.attachments)
		files.push(yield* fileOf(builder, options, attachment, record, { path, depth, attached, how }));
	const id = yield* builder.longObservable(
		'email-message',
		yield* messageObject(builder, options, email, files, record.budget),
	);
	place.id = id;
	if (options.include.relationships) {
		// Files, too, though body_multipart refers to them: not every consumer reads it.
		for (const target of [...files, ...attached]) if (target !== undefined) builder.relate(id, 'related-to', target);
	}
	return id;
}

function joined(path: string, partId: string): string {
	return path === '' ? partId : `${path}/${partId}`;
}

/** Of which message a file is, and the messages that lie in its files. */
interface Place {
	path: string;
	depth: number;
	attached: string[];
	how: string;
}

/** A file with the message that it is and the files inside of it, where somebody opened it. */
function* fileOf(
	builder: BundleBuilder,
	options: ResolvedOptions,
	attachment: Attachment,
	record: MessageRecord,
	place: Place,
): Steps<string | undefined> {
	const { path, depth, attached, how } = place;
	const { email, opened, partId } = attachment;
	const inner =
		email !== undefined && options.include.attachedMessages && depth < EMAIL_LIMITS.maxDepth
			? yield* addMessage(builder, options, email, record, joined(path, partId), depth + 1)
			: undefined;
	if (inner !== undefined) attached.push(inner);
	const contained: string[] = [];
	for (const child of opened?.children ?? []) {
		const file = yield* fileOf(builder, options, child, record, place);
		if (file !== undefined) contained.push(file);
	}
	if (!options.include.attachments) return undefined;
	const contains = { messages: inner === undefined ? [] : [inner], files: [...new Set(contained)] };
	const id = yield* addFile(builder, options, record.budget, attachment, contains, how);
	if (id === undefined) return undefined;
	for (const digest of [attachment.md5, attachment.sha1, attachment.sha256, attachment.sha512]) {
		const key = digest?.toLowerCase();
		if (key && !record.filesByHash.has(key)) record.filesByHash.set(key, id);
	}
	return id;
}

function* messageObject(
	builder: BundleBuilder,
	options: ResolvedOptions,
	email: Email,
	files: ReadonlyArray<string | undefined>,
	budget: ArtifactBudget,
): Steps<StixInput<'email-message'>> {
	const { include } = options;
	const addresses = (list: readonly EmailAddress[]): Steps<string[]> => addAddresses(builder, list);
	const parts = mimeParts(email);
	// A message that is nothing but a file has no text for `body`: its one part can say what it is and refer to the file.
	const isMultipart = email.isMultipart || (parts.length === 1 && files[parts[0]?.attachment ?? -1] !== undefined);
	const sender = (yield* addresses(email.from))[0];
	const message: StixInput<'email-message'> = {
		is_multipart: isMultipart,
		date: timestampOf(email.date),
		content_type: email.contentType,
		from_ref: sender,
		sender_ref: email.sender && addAddress(builder, email.sender),
		to_refs: yield* addresses(email.to),
		cc_refs: yield* addresses(email.cc),
		bcc_refs: yield* addresses(email.bcc),
		message_id: email.messageId || undefined,
		subject: email.subject,
		received_lines: include.receivedLines ? email.receivedLines : undefined,
		additional_header_fields: include.headers
			? additionalHeaderFields(email.headers, include.headers === 'lists', sender !== undefined)
			: undefined,
		body: isMultipart || !include.body ? undefined : yield* bodyOf(email),
		body_multipart: isMultipart ? yield* leaves(parts, files, include.body) : undefined,
		raw_email_ref: include.rawEmail ? yield* addRaw(builder, options, email, budget) : undefined,
	};
	const id = yield* ownId(email, message, options);
	return id === undefined ? message : { ...message, id };
}

function* addAddresses(builder: BundleBuilder, list: readonly EmailAddress[]): Steps<string[]> {
	const ids = new Set<string>();
	let done = 0;
	for (const address of list) {
		if (++done % STEP_LIMITS.objects === 0) yield;
		const id = addAddress(builder, address);
		if (id !== undefined) ids.add(id);
	}
	return [...ids];
}

function addAddress(builder: BundleBuilder, { address, name }: EmailAddress): string | undefined {
	const value = emailAddrValue(address);
	return value && builder.observable('email-addr', { value, display_name: name || undefined });
}

/** Parts of the message; those of an Email made from another node's item are put together from its bodies. */
function mimeParts(email: Email): EmailPart[] {
	if (email.parts.length > 0) return email.parts;
	const leaf = (contentType: string, text: string | undefined): EmailPart[] =>
		text === undefined ? [] : [{ partId: '', contentType, size: 0, text }];
	return [
		...leaf('text/plain', email.text),
		...leaf('text/html', email.html),
		...email.attachments.map(({ partId, contentType, size }, attachment) => ({
			partId,
			contentType,
			size,
			attachment,
		})),
	];
}

function* leaves(
	parts: readonly EmailPart[],
	files: ReadonlyArray<string | undefined>,
	withText: boolean,
): Steps<EmailMimePart[]> {
	const found: EmailMimePart[] = [];
	for (const part of parts) {
		const header = part.contentTypeHeader ?? part.contentType;
		const file = part.attachment === undefined ? undefined : files[part.attachment];
		if (file !== undefined) {
			found.push({ body_raw_ref: file, content_type: header, content_disposition: part.dispositionHeader });
		} else if (part.text !== undefined && withText) {
			found.push({
				body: yield* unixLines(part.text),
				// `body` is for text/* only; a part whose type nobody could read was taken for text/plain.
				content_type: /^\s*text\//i.test(header) ? header : 'text/plain',
				content_disposition: part.dispositionHeader,
			});
		}
	}
	return found;
}

/** No text is no body: an empty one would be told apart from none, by its id. */
function* bodyOf(email: Email): Steps<string | undefined> {
	const text = email.parts.find((part) => part.text !== undefined)?.text ?? email.text ?? email.html;
	return text === undefined || text === '' ? undefined : yield* unixLines(text);
}

/** Line ends enter the id of a message: whoever carried it must not decide them. */
function unixLines(text: string): Steps<string> {
	return replaceInSteps(text, '\r\n', '\n');
}

function* addRaw(
	builder: BundleBuilder,
	options: ResolvedOptions,
	email: Email,
	budget: ArtifactBudget,
): Steps<string | undefined> {
	const sha256 = hashValue('SHA-256', email.sha256);
	return yield* addArtifact(builder, options, budget, {
		content: email.raw,
		mimeType: 'message/rfc822',
		hashes: sha256 === undefined ? {} : { 'SHA-256': sha256 },
		max: options.sizes.maxRawEmailBytes,
		option: 'Max Raw Message Size (MB)',
		what: 'The raw message',
		how: howToGetBytes(email),
	});
}

/** The id of a multipart message, of which the standard's would say too little; undefined where the standard's serves. */
function* ownId(
	email: Email,
	message: StixInput<'email-message'>,
	options: ResolvedOptions,
): Steps<string | undefined> {
	if (options.ids.emailMessageIdentity === 'stix' || !message.is_multipart) return undefined;
	const { raw_email_ref: _raw, ...properties } = message;
	const sha256 = hashValue('SHA-256', email.sha256);
	const name = sha256 === undefined ? { type: 'email-message', ...properties } : { type: 'email-message', sha256 };
	// Where neither From nor Subject is there to contribute, STIX wants the form of version 4 (section 2.9).
	const isNameless = message.from_ref === undefined && message.subject === undefined;
	return `email-message--${yield* ownUuid(name, isNameless ? 4 : 5)}`;
}
