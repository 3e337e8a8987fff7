import { compact } from '../json';
import { EMAIL_LIMITS } from '../limits';
import { finishInTurns } from '../steps';
import { decodePercent } from '../text';
import { SLICE, type Budget } from './budget';
import { safeFileName } from './fileName';
import { readEnvelope, withoutHalfCharacter, type HeaderBlock } from './header';
import type { Attachment, Email, EmailPart } from './email';
import {
	createTransferDecoder,
	decodeText,
	FileLeaf,
	GENERIC_TYPES,
	guessBoundary,
	hashesOf,
	isMessageFile,
	leafKind,
	looksLikeHtml,
	MimeSplitter,
	NO_HASHES,
	readCms,
	readPartDetail,
	TextLeaf,
	type MimeEntity,
	type MimeHandler,
	type PartDetail,
	typeOfBytes,
	type UuFile,
} from './mime';
import {
	isCompoundFile,
	isOutlookMessage,
	isTnef,
	MapiReading,
	readOutlookFile,
	readOutlookMessage,
	readTnef,
	type MapiReader,
} from './outlook';
import { Warnings, type Notice } from './warnings';

type Entity = MimeEntity<PartDetail>;

interface OpenLeaf {
	entity: Entity;
	part: EmailPart;
	text?: TextLeaf;
	file?: FileLeaf;
	message?: MessageAssembler;
}

/** A text that stands outside of all parts. */
interface OutsideText {
	pieces: Buffer[];
	bytes: number;
	/** The pieces since the last part opened. */
	children: number;
}

/** Builds one Email from the bytes that it is given, and those inside of it. Bounded by its budget. */
export class MessageAssembler implements MimeHandler<PartDetail> {
	readonly #splitter: MimeSplitter<PartDetail>;
	readonly #warnings = new Warnings();
	readonly #parts: EmailPart[] = [];
	readonly #attachments: Attachment[] = [];
	readonly #related: Attachment[] = [];
	readonly #outside = new Map<Entity, OutsideText>();
	readonly #outsideTexts: string[] = [];
	readonly #recovering = new Set<Entity>();
	/** Signatures around signatures that are open. */
	#signedDepth = 0;
	#holdsSigned = false;
	#root: Entity | undefined;
	#leaf: OpenLeaf | undefined;

	readonly #budget: Budget;
	readonly #depth: number;

	constructor(budget: Budget, depth: number) {
		this.#budget = budget;
		this.#depth = depth;
		this.#splitter = this.#newSplitter();
	}

	get stopped(): boolean {
		return this.#splitter.stopped;
	}

	push(chunk: Buffer): Promise<void> {
		return this.#splitter.push(chunk);
	}

	/** Something of the message was left out or guessed. */
	notice(what: Notice): void {
		this.#warnings.notice(what);
	}

	/** The message, when its bytes are over. */
	async end(bytes: { size: number; sha256: string; raw?: Buffer }): Promise<Email> {
		await this.#splitter.end();
		const envelope = readEnvelope(
			this.#root?.header ?? { fields: [], dropped: 0 },
			this.#root?.detail.charset,
			this.#warnings,
		);
		const html = joinTexts(this.#parts, 'text/html');
		const text = joinTexts(this.#parts, 'text/plain');
		this.#markRelated(html);
		const outsideText = this.#outsideTexts.join('\n');
		return {
			...envelope,
			...(this.#root?.detail.contentTypeHeader === undefined
				? {}
				: { contentType: this.#root.detail.contentTypeHeader }),
			isMultipart: this.#holdsSigned || (this.#root?.multipart ?? false),
			...(text === undefined ? {} : { text }),
			...(html === undefined ? {} : { html }),
			...(outsideText === '' ? {} : { outsideText }),
			parts: this.#parts,
			attachments: this.#attachments,
			size: bytes.size,
			sha256: bytes.sha256,
			...(bytes.raw === undefined ? {} : { raw: bytes.raw }),
			truncated: this.#warnings.truncated,
			warnings: this.#warnings.list(),
		};
	}

	// --- MimeHandler ---

	detail(header: HeaderBlock, parent: Entity | undefined): PartDetail {
		return readPartDetail(header, parent);
	}

	open(entity: Entity): void {
		this.#root ??= entity;
		if (entity.header.malformedAt !== undefined)
			this.#warnings.warn(
				'header-malformed',
				'The header contains lines that are not header fields. They were left out.',
			);
		if (!entity.multipart) this.#openLeaf(entity);
		else if (entity.detail.contentType === 'multipart/encrypted') this.notice('encrypted');
	}

	body(_entity: Entity, bytes: Buffer): Promise<void> | undefined {
		this.#leaf?.text?.write(bytes);
		const decoded = this.#leaf?.file?.write(bytes);
		return decoded && this.#leaf?.message?.push(decoded);
	}

	outside(entity: Entity, bytes: Buffer): void {
		let kept = this.#outside.get(entity);
		if (kept === undefined) this.#outside.set(entity, (kept = { pieces: [], bytes: 0, children: entity.children }));
		if (kept.children !== entity.children) kept.pieces.push(Buffer.from('\n'));
		kept.children = entity.children;
		// Before the first delimiter it may turn out to be the whole body.
		const limit = entity.children === 0 ? EMAIL_LIMITS.maxTextBytes : EMAIL_LIMITS.maxOutsideTextBytes;
		const room = limit - kept.bytes;
		if (room < bytes.length) this.notice('text-too-large');
		if (room <= 0) return;
		kept.pieces.push(Buffer.from(bytes.subarray(0, room)));
		kept.bytes += Math.min(bytes.length, room);
	}

	close(entity: Entity): Promise<void> | undefined {
		if (entity.multipart) return this.#closeMultipart(entity);
		return this.#leaf?.entity === entity ? this.#closeLeaf(this.#leaf) : undefined;
	}

	// --- leaves ---

	#openLeaf(entity: Entity): void {
		const { detail } = entity;
		const kind = leafKind(detail, entity);
		const part: EmailPart = { ...describe(detail), partId: entity.partId, contentType: detail.contentType, size: 0 };
		const leaf: OpenLeaf = { entity, part };
		if (kind === 'text') {
			leaf.text = new TextLeaf(detail, this.#budget);
		} else {
			if (kind === 'message') {
				if (this.#depth < this.#budget.maxDepth) leaf.message = new MessageAssembler(this.#budget, this.#depth + 1);
				else this.notice('too-deep');
			}
			const named = this.#depth < this.#budget.maxDepth ? outlookFile(detail.contentType, detail.fileName) : undefined;
			const isGeneric = this.#depth < this.#budget.maxDepth && GENERIC_TYPES.has(typeOf(detail));
			leaf.file = new FileLeaf(
				detail.encoding,
				this.#budget,
				(head) =>
					named !== undefined || isCms(detail) || (isGeneric && OUTLOOK_FILES.some(({ begins }) => begins(head))),
			);
		}
		this.#parts.push(part);
		this.#leaf = leaf;
	}

	async #closeLeaf({ entity, part, text, file, message }: OpenLeaf): Promise<void> {
		this.#leaf = undefined;
		if (text !== undefined) {
			part.text = await finishInTurns(text.endSteps(EMAIL_LIMITS.maxParts));
			part.size = text.size;
			if (text.cut) this.notice('text-too-large');
			if (text.isMisdeclared) this.notice('encoding-wrong');
			if (part.text.includes(PGP_MESSAGE)) this.notice('encrypted');
			if (entity.detail.contentType === 'message/partial') this.notice('message-in-pieces');
			for (const [i, one] of text.files.entries()) await this.#addUuFile(one, `${part.partId}.u${i + 1}`, text.cut);
			return;
		}
		const last = file!.flush();
		await message?.push(last);
		const { hashes, head, content } = file!.end();
		const detectedType = typeOfBytes(head);
		const { detail } = entity;
		part.size = file!.size;
		part.attachment = this.#attachments.length;
		const attachment: Attachment = {
			partId: entity.partId,
			contentType: typeOf(detail),
			...(detectedType === undefined ? {} : { detectedType }),
			...(detail.charset === undefined ? {} : { charset: detail.charset }),
			...(detail.fileName === undefined ? {} : { fileName: detail.fileName }),
			...(detail.disposition === undefined ? {} : { disposition: detail.disposition }),
			...(detail.contentId === undefined ? {} : { contentId: detail.contentId }),
			...(detail.location === undefined ? {} : { location: detail.location }),
			related: false,
			size: file!.size,
			...hashes,
			...(content === undefined ? { contentOmitted: true } : { content }),
		};
		if (message !== undefined) {
			const email = await message.end({
				size: attachment.size,
				sha256: attachment.sha256,
				...(content === undefined ? {} : { raw: content }),
			});
			// A file that is only called .eml has none of a message's fields.
			if (isMessage(email) || detail.contentType === 'message/rfc822') attachment.email = email;
			if (attachment.email !== undefined) this.#warnings.fromInside(email);
		}
		await this.#openOutlookFile(attachment);
		if (inRelated(entity)) this.#related.push(attachment);
		this.#attachments.push(attachment);
		const signed = isCms(attachment) && attachment.email === undefined ? this.#signedIn(attachment) : undefined;
		this.#dropContent(attachment);
		if (signed !== undefined) await this.#openSigned(signed, `${entity.partId}.1`);
	}

	/** A file in uuencode, which mail programs show as an attachment. */
	async #addUuFile({ name, bytes, whole }: UuFile, partId: string, isCut: boolean): Promise<void> {
		if (!this.#budget.takePart()) {
			this.notice('too-many-parts');
			return;
		}
		// Where the text was cut, the file may have been as well.
		const isWhole = whole || !isCut;
		const kept =
			isWhole && bytes.length <= this.#budget.maxAttachmentBytes && this.#budget.takeAttachment(bytes.length, true);
		const fileName = safeFileName(name);
		const detectedType = typeOfBytes(bytes);
		const attachment: Attachment = {
			partId,
			contentType: 'application/octet-stream',
			...(detectedType === undefined ? {} : { detectedType }),
			...(fileName === undefined ? {} : { fileName }),
			related: false,
			size: isWhole ? bytes.length : 0,
			...(isWhole ? hashesOf(bytes) : NO_HASHES),
			...(kept ? { content: bytes } : { contentOmitted: true }),
		};
		await this.#openOutlookFile(attachment);
		this.#dropContent(attachment);
		this.#attachments.push(attachment);
	}

	/** What a signature is put around, when that is what a file holds. Told when it cannot be read. */
	#signedIn({ content, size }: Attachment): Buffer | undefined {
		const cms = content && readCms(content);
		if (cms?.kind === 'encrypted') this.notice('encrypted');
		else if (this.#signedDepth >= this.#budget.maxDepth) this.notice('too-deep');
		else if (cms === undefined ? size > 0 : cms.content === undefined) this.notice('smime-unread');
		else return cms?.content;
		return undefined;
	}

	/** The parts of a message within a signature are those of the message, as in one that is signed in clear. */
	async #openSigned(bytes: Buffer, rootPartId: string): Promise<void> {
		this.#signedDepth++;
		this.#holdsSigned = true;
		const parts = this.#newSplitter({ rootPartId });
		for (let at = 0; at < bytes.length && !this.#budget.deadline.isOver(); at += SLICE)
			await parts.push(bytes.subarray(at, at + SLICE));
		if (this.#budget.deadline.isOver()) this.notice('too-slow');
		await parts.end();
		this.#signedDepth--;
	}

	/**
	 * Outlook's own formats for a message: .msg files and winmail.dat, by type or name, and by their first bytes when the type says
	 * nothing. What cannot be opened stays a file, with a warning.
	 */
	async #openOutlookFile(attachment: Attachment): Promise<void> {
		const { contentType, fileName, content } = attachment;
		const named = outlookFile(contentType, fileName);
		if (attachment.email !== undefined || (named === undefined && !GENERIC_TYPES.has(contentType))) return;
		const begun = content && OUTLOOK_FILES.find(({ begins }) => begins(content));
		const kind = begun ?? named;
		if (kind === undefined || (named === undefined && !this.#isMessage(content!, kind))) return;
		if (this.#depth >= this.#budget.maxDepth) {
			this.notice('too-deep');
			return;
		}
		if (content === undefined) {
			this.notice('outlook-unread');
			return;
		}
		try {
			attachment.email = readOutlookFile(content, kind.read, this.#budget, this.#budget.maxDepth - this.#depth - 1);
		} catch {
			this.#warnings.warn(kind.warning, kind.message);
			return;
		}
		await openSignedFiles(attachment.email, this.#budget, this.#depth + 1);
		this.#warnings.fromInside(attachment.email);
	}

	#isMessage(content: Buffer, { isMessage }: OutlookFile): boolean {
		try {
			return isMessage(content, new MapiReading(this.#budget));
		} catch {
			return false;
		}
	}

	/** Bytes that were kept only to be read. */
	#dropContent(attachment: Attachment): void {
		if (this.#budget.keepAttachments || attachment.content === undefined || attachment.size === 0) return;
		this.#budget.giveBackAttachment(attachment.size);
		delete attachment.content;
		attachment.contentOmitted = true;
	}

	// --- what stands outside of the parts ---

	#closeMultipart(entity: Entity): Promise<void> | undefined {
		const kept = this.#outside.get(entity);
		this.#outside.delete(entity);
		const bytes = kept === undefined ? Buffer.alloc(0) : Buffer.concat(kept.pieces);
		if (entity.children > 0 || this.#recovering.has(entity)) {
			const text = decodeText(bytes, entity.detail);
			if (text.trim() !== '') this.#outsideTexts.push(text);
			return undefined;
		}
		if (bytes.toString('latin1').trim() === '') {
			this.#warnings.warn('multipart-empty', 'A multipart body has no parts.');
			return undefined;
		}
		return this.#recover(entity, bytes);
	}

	/** A multipart none of whose delimiters was found: with another boundary if the text shows one, else as plain text. */
	async #recover(entity: Entity, encoded: Buffer): Promise<void> {
		const missing = entity.detail.boundary === undefined;
		this.#warnings.warn(
			missing ? 'boundary-missing' : 'boundary-wrong',
			missing
				? 'A multipart body declares no boundary. Its parts were guessed.'
				: 'A multipart body does not use the boundary that it declares. Its parts were guessed.',
		);
		const decoder = createTransferDecoder(entity.detail.encoding);
		const bytes = Buffer.concat([decoder.write(encoded), decoder.end()]);
		// Delimiters between bare CRs are found by the second look only.
		const named = entity.detail.boundary;
		const boundary = named !== undefined && bytes.includes(`\r--${named}`, 0, 'latin1') ? named : guessBoundary(bytes);
		if (boundary !== undefined) {
			const parts = this.#newSplitter({ recovered: entity });
			// A header of its own, for the splitter begins with one.
			await parts.push(
				Buffer.from(
					`Content-Type: multipart/mixed; boundary="${boundary.replace(/["\\]/g, '\\$&')}"\r\n\r\n`,
					'latin1',
				),
			);
			for (let at = 0; at < bytes.length; at += SLICE) await parts.push(bytes.subarray(at, at + SLICE));
			await parts.end();
			return;
		}
		const contentType = looksLikeHtml(bytes) ? 'text/html' : 'text/plain';
		const granted = this.#budget.takeText(contentType === 'text/html' ? 'html' : 'text', bytes.length);
		if (granted < bytes.length) this.notice('text-too-large');
		const kept = granted < bytes.length ? withoutHalfCharacter(bytes.subarray(0, granted)) : bytes;
		const text = decodeText(kept, { contentType, flowed: false, deleteSpace: false });
		this.#parts.push({ partId: entity.partId || '1', contentType, size: bytes.length, text });
	}

	#newSplitter({ recovered, rootPartId }: { recovered?: Entity; rootPartId?: string } = {}): MimeSplitter<PartDetail> {
		const handler: MimeHandler<PartDetail> =
			recovered === undefined
				? this
				: {
						detail: (header, parent) => (parent === undefined ? recovered.detail : this.detail(header, parent)),
						open: (entity) => {
							if (entity.parent === undefined) this.#recovering.add(entity);
							else this.open(entity);
						},
						body: (entity, bytes) => this.body(entity, bytes),
						outside: (entity, bytes) => this.outside(entity, bytes),
						close: (entity) => this.close(entity),
						notice: (what) => this.notice(what),
					};
		return new MimeSplitter(handler, {
			maxHeaderBytes: this.#budget.maxHeaderBytes,
			maxHeaderFields: EMAIL_LIMITS.maxHeaderFields,
			mayOpen: () => this.#budget.takePart(),
			takeHeader: (wanted) => this.#budget.takeHeader(wanted),
			...(rootPartId === undefined ? {} : { rootPartId }),
			...(recovered === undefined ? {} : { rootPartId: recovered.partId, bareCr: true }),
		});
	}

	#markRelated(html: string | undefined): void {
		for (const attachment of this.#related) attachment.related = attachment.contentId !== undefined;
		if (html === undefined) return;
		const named = new Map<string, Attachment[]>();
		for (const attachment of this.#attachments) {
			if (attachment.contentId === undefined) continue;
			const same = named.get(attachment.contentId);
			if (same === undefined) named.set(attachment.contentId, [attachment]);
			else same.push(attachment);
		}
		if (named.size === 0) return;
		// Each is asked for once: a document may name one image, or none, a million times.
		for (const [, id] of html.matchAll(/cid:([^"'\s<>)]{1,256})/gi)) {
			const found = id!.includes('%') ? decodePercent(id!) : id!;
			for (const attachment of named.get(found) ?? []) attachment.related = true;
			if (named.delete(found) && named.size === 0) return;
		}
	}
}

/** What is signed or encrypted (RFC 8551), by type, or by name when the type says nothing. */
function isCms({ contentType, fileName = '' }: { contentType: string; fileName?: string }): boolean {
	return (
		/^application\/(?:x-)?pkcs7-mime$/.test(contentType) || (GENERIC_TYPES.has(contentType) && /\.p7m$/i.test(fileName))
	);
}

/**
 * Outlook keeps a signed message as one attachment, in MIME: with the signature beside the parts, or around them. What it holds
 * becomes the message of that attachment. A message that somebody put into one of Outlook's as a file is read as one, too.
 */
export async function openSignedFiles(email: Email, budget: Budget, depth: number): Promise<void> {
	const told = new Warnings();
	for (const attachment of email.attachments) {
		if (attachment.email !== undefined) {
			await openSignedFiles(attachment.email, budget, depth + 1);
			told.fromInside(attachment.email);
		} else if (attachment.contentType === 'multipart/signed' || isCms(attachment)) {
			const { content } = attachment;
			if (depth >= budget.maxDepth) told.notice('too-deep');
			else if (content === undefined) told.notice('smime-unread');
			else {
				attachment.email = await signedMessage(attachment, content, budget, depth + 1);
				told.fromInside(attachment.email);
			}
		} else if (isMessageFile(attachment) && attachment.content !== undefined) {
			if (depth >= budget.maxDepth) told.notice('too-deep');
			else await openMessageFile(attachment, attachment.content, budget, { depth: depth + 1, told });
		}
	}
	const known = new Set(email.warnings.map(({ code }) => code));
	email.warnings.push(...told.list().filter(({ code }) => !known.has(code)));
	email.truncated ||= told.truncated;
}

/** What a header would say: there is none, for it belongs to the message around it. */
const OF_HEADER: ReadonlySet<string> = new Set(['header-missing', 'from-missing', 'date-missing']);

async function openMessageFile(
	attachment: Attachment,
	content: Buffer,
	budget: Budget,
	{ depth, told }: { depth: number; told: Warnings },
): Promise<void> {
	const { size, sha256 } = attachment;
	const assembler = new MessageAssembler(budget, depth);
	for (let at = 0; at < content.length && !budget.deadline.isOver(); at += SLICE)
		await assembler.push(content.subarray(at, at + SLICE));
	if (budget.deadline.isOver()) assembler.notice('too-slow');
	const email = await assembler.end({ size, sha256, raw: content });
	if (!isMessage(email)) return;
	attachment.email = email;
	told.fromInside(email);
}

async function signedMessage(
	{ contentType, size, sha256 }: Attachment,
	content: Buffer,
	budget: Budget,
	depth: number,
): Promise<Email> {
	const assembler = new MessageAssembler(budget, depth);
	if (contentType !== 'multipart/signed')
		await assembler.push(
			Buffer.from('Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n'),
		);
	for (let at = 0; at < content.length && !budget.deadline.isOver(); at += SLICE)
		await assembler.push(content.subarray(at, at + SLICE));
	if (budget.deadline.isOver()) assembler.notice('too-slow');
	const email = await assembler.end({ size, sha256 });
	return { ...email, warnings: email.warnings.filter(({ code }) => !OF_HEADER.has(code)) };
}

interface OutlookFile {
	types: string[];
	name: RegExp;
	/** Whether a file begins as one. */
	begins: (head: Buffer) => boolean;
	/** Whether one that begins so holds a message. May throw. */
	isMessage: (bytes: Buffer, reading: MapiReading) => boolean;
	read: MapiReader;
	warning: string;
	message: string;
}

const OUTLOOK_FILES: OutlookFile[] = [
	{
		types: ['application/vnd.ms-outlook', 'application/x-msg'],
		name: /\.msg$/i,
		begins: isCompoundFile,
		isMessage: isOutlookMessage,
		read: readOutlookMessage,
		warning: 'msg-unopened',
		message: 'An attached Outlook message could not be opened. It is kept as a file.',
	},
	{
		types: ['application/ms-tnef', 'application/vnd.ms-tnef'],
		name: /^winmail\.dat$/i,
		begins: isTnef,
		isMessage: isTnef,
		read: readTnef,
		warning: 'tnef-unopened',
		message: 'A winmail.dat file (TNEF) could not be opened. Its content was not read.',
	},
];

function outlookFile(contentType: string, fileName = ''): OutlookFile | undefined {
	return OUTLOOK_FILES.find(({ types, name }) => types.includes(contentType) || name.test(fileName));
}

/** What is encrypted, and stands in a text (RFC 9580 section 6.2). */
const PGP_MESSAGE = '-----BEGIN PGP MESSAGE-----';

/** Type of a part that is no text. */
function typeOf({ declared, disposition, contentType }: PartDetail): string {
	return declared || disposition === undefined ? contentType : 'application/octet-stream';
}

function describe(detail: PartDetail): Partial<EmailPart> {
	const { contentTypeHeader, charset, dispositionHeader, disposition, fileName, contentId } = detail;
	return compact({ contentTypeHeader, charset, dispositionHeader, disposition, fileName, contentId });
}

function joinTexts(parts: EmailPart[], contentType: string): string | undefined {
	const texts = parts
		.filter((part) => part.contentType === contentType && part.text !== undefined)
		.map((part) => part.text!);
	return texts.length === 0 ? undefined : texts.join('\n');
}

function isMessage(email: Email): boolean {
	return (
		email.from.length > 0 ||
		email.subject !== undefined ||
		email.messageId !== undefined ||
		email.receivedLines.length > 0
	);
}

function inRelated(entity: Entity): boolean {
	for (let { parent } = entity; parent !== undefined; parent = parent.parent) {
		if (parent.detail.contentType === 'multipart/related') return true;
	}
	return false;
}
