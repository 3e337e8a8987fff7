import {
	hashesOf,
	lacksBytes,
	parseEmail,
	parseOutlookMessage,
	safeFileName,
	type Attachment,
	type Email,
	type FileFlag,
	type FileKind,
	type NotRead,
	type Opened,
} from '../email';
import { ATTACHMENT_LIMITS } from '../limits';
import type { FileTask } from './contract';
import { mayDrawCode } from './drawings';
import { kindOf } from './kindOf';
import { hidesInName, riskOfKind } from './names';
import { passwordCandidates, textsOf } from './passwords';
import type { FoundPiece, HashedFile, ReaderPool } from './pool';
import type { Wanted } from './options';

/** Kinds that a reader takes for the worker to read. */
const READ: ReadonlySet<FileKind> = new Set([
	'archive', 'cms', 'html', 'image', 'office', 'office-legacy', 'pdf', 'rtf', 'script', 'shortcut', 'text', 'zip',
]); // prettier-ignore

/** What ends a worker. */
const ENDED: ReadonlySet<NotRead> = new Set(['crashed', 'memory', 'time']);

/** Where in the tree of files a file is. */
interface Position {
	depth: number;
	/** Words that may open it, the likeliest first. */
	passwords: readonly string[];
	/** Texts of the messages around it, for the passwords of messages inside. */
	texts: readonly string[];
	/** Files that it lies in: one that holds itself is read once. */
	around: ReadonlySet<string>;
}

/**
 * Goes through the files of one message and those inside of them. It alone goes deeper, and it alone knows what the message has used up.
 * Nothing of it throws for what a file holds: what was not read is told.
 */
export class Walk {
	readonly #wanted: Wanted;
	readonly #pool: ReaderPool;
	#files: number = ATTACHMENT_LIMITS.maxFiles;
	#inflatable: number = ATTACHMENT_LIMITS.maxInflatedBytes;
	#text: number = ATTACHMENT_LIMITS.maxTextCharacters;
	#milliseconds: number = ATTACHMENT_LIMITS.messageMs;
	/** What was read of files that come more than once. */
	readonly #read = new Map<string, Opened>();

	constructor(wanted: Wanted, pool: ReaderPool) {
		this.#wanted = wanted;
		this.#pool = pool;
	}

	/** The message with what was found in its files; itself it stays as it was. */
	async message(
		email: Email,
		at: Omit<Position, 'passwords'> = { depth: 0, texts: [], around: new Set<string>() },
	): Promise<Email> {
		const texts = [...textsOf(email), ...at.texts];
		const words = this.#wanted.passwords ? [...this.#wanted.words, ...passwordCandidates(texts)] : this.#wanted.words;
		const position: Position = { ...at, texts, passwords: words.slice(0, ATTACHMENT_LIMITS.maxPasswords) };
		const opened = await this.#body(email);
		const attachments: Attachment[] = [];
		for (const [index, attachment] of email.attachments.entries()) {
			const part = email.parts.find((one) => one.attachment === index);
			const written = `${part?.dispositionHeader ?? ''} ${part?.contentTypeHeader ?? ''}`;
			attachments.push(await this.#attachment(attachment, position, written));
		}
		return { ...email, attachments, ...(opened === undefined ? {} : { opened }) };
	}

	/** Codes in the bodies: pictures in HTML, and such as are drawn with characters. */
	async #body({ text = '', html = '' }: Email): Promise<Opened | undefined> {
		if (!this.#wanted.codes) return undefined;
		const opened = nothing('text');
		for (const [body, type] of [
			[text, 'text/plain'],
			[html, 'text/html'],
		] as const) {
			if (!MAY_HOLD_CODE.test(body) && !(type === 'text/html' && mayDrawCode(body))) continue;
			await this.#perform(opened, { kind: 'text', type, bytes: Buffer.from(body, 'utf8') }, []);
		}
		return opened.codes.length > 0 || opened.notRead.length > 0 ? opened : undefined;
	}

	async #attachment(attachment: Attachment, at: Position, written: string): Promise<Attachment> {
		this.#wanted.signal?.throwIfAborted();
		const { content, fileName = '', contentType, email } = attachment;
		if (email !== undefined) return { ...attachment, email: await this.#inside(email, at) };
		if (content === undefined || content.length === 0)
			return lacksBytes(attachment)
				? { ...attachment, opened: { ...nothing('other'), notRead: ['no-bytes'] } }
				: attachment;
		const nature = kindOf(content, fileName, contentType);
		const opened = nothing(nature.kind);
		add(opened.flags, nature.flags);
		if (hidesInName(written)) add(opened.flags, ['invisible-in-name']);
		const result: Attachment = { ...attachment, opened };
		if (nature.kind === 'encrypted') {
			add(opened.flags, ['encrypted-message']);
			add(opened.notRead, ['encrypted']);
		} else if (nature.kind === 'message') {
			const inner = this.#wanted.messages ? await this.#parse(content, nature.type, opened, at) : undefined;
			if (inner !== undefined) result.email = inner;
		} else if (READ.has(nature.kind) && this.#wants(nature.kind)) await this.#file(opened, attachment, nature, at);
		return result;
	}

	#wants(kind: FileKind): boolean {
		const { pdf, office, codes, zip, otherArchives } = this.#wanted;
		if (kind === 'pdf') return pdf;
		if (kind === 'office' || kind === 'office-legacy' || kind === 'rtf') return office;
		if (kind === 'zip') return zip;
		if (kind === 'archive') return otherArchives;
		return kind === 'image' || kind === 'text' ? codes : true;
	}

	async #inside(email: Email, at: Position): Promise<Email> {
		if (at.depth >= ATTACHMENT_LIMITS.maxDepth) return email;
		return await this.message(email, { depth: at.depth + 1, texts: at.texts.slice(0, 50), around: at.around });
	}

	async #parse(content: Buffer, type: string | undefined, opened: Opened, at: Position): Promise<Email | undefined> {
		if (!this.#take(opened, content, at)) return undefined;
		const options = { keepRawBytes: 0, maxMilliseconds: ATTACHMENT_LIMITS.fileMs };
		try {
			const email =
				type === 'application/vnd.ms-outlook'
					? await parseOutlookMessage(content, options)
					: await parseEmail(content, options);
			if (email.truncated) add(opened.notRead, ['size']);
			return await this.#inside(email, at);
		} catch {
			// Whoever ended the work ended it for all.
			this.#wanted.signal?.throwIfAborted();
			add(opened.flags, ['damaged']);
			return undefined;
		}
	}

	/** Whether a file may be opened; why not is told. */
	#take(opened: Opened, content: Buffer, at: Position): boolean {
		const why: NotRead | undefined =
			at.depth >= ATTACHMENT_LIMITS.maxDepth
				? 'depth'
				: this.#files <= 0
					? 'files'
					: content.length > ATTACHMENT_LIMITS.maxFileBytes
						? 'size'
						: this.#milliseconds <= 0
							? 'time'
							: undefined;
		if (why === undefined) this.#files--;
		else add(opened.notRead, [why]);
		return why === undefined;
	}

	async #file(
		opened: Opened,
		{ content, fileName, sha256, partId }: Attachment,
		{ kind, type }: { kind: FileKind; type?: string },
		at: Position,
	): Promise<void> {
		const key = `${kind} ${sha256}`;
		const before = this.#read.get(key);
		if (before !== undefined && at.around.has(sha256)) {
			add(opened.notRead, ['depth']);
			return;
		}
		if (before !== undefined) {
			const { flags, ...rest } = before;
			Object.assign(opened, rest);
			add(opened.flags, flags);
			return;
		}
		if (!this.#take(opened, content!, at)) return;
		this.#read.set(key, opened);
		const task = { kind, type, name: fileName, bytes: content! };
		const found = await this.#perform(opened, task, at.passwords);
		// A page is laid out before it tells its links, and that may be the end of a worker.
		if (kind === 'pdf' && opened.links.length === 0 && opened.notRead.some((why) => ENDED.has(why)))
			found.push(...(await this.#perform(opened, { ...task, withoutPages: true }, at.passwords)));
		const inside: Position = { ...at, depth: at.depth + 1, around: new Set([...at.around, sha256]) };
		for (const [index, file] of found.entries()) {
			const child = await this.#attachment(asAttachment(file, `${partId}.f${index + 1}`), inside, file.name ?? '');
			opened.children.push(child);
			const risk = child.opened === undefined ? undefined : riskOfKind(child.opened.kind);
			if (risk !== undefined && (kind === 'zip' || kind === 'archive' || kind === 'html' || kind === 'script'))
				add(opened.flags, [risk]);
		}
	}

	/** Has a file read, and gives the files that were in it. */
	async #perform(
		opened: Opened,
		file: Pick<FileTask, 'kind' | 'type' | 'name' | 'bytes' | 'withoutPages'>,
		passwords: readonly string[],
	): Promise<HashedFile[]> {
		this.#wanted.signal?.throwIfAborted();
		const found: HashedFile[] = [];
		if (this.#milliseconds <= 0) {
			add(opened.notRead, ['time']);
			return found;
		}
		const { codes, otherArchives } = this.#wanted;
		const task: FileTask = {
			...file,
			passwords,
			codes,
			otherArchives,
			maxInflatedBytes: this.#inflatable,
			maxTextCharacters: this.#text,
		};
		const milliseconds = Math.min(ATTACHMENT_LIMITS.fileMs, this.#milliseconds);
		const onPiece = (piece: FoundPiece): void => {
			for (const one of piece.files ?? []) {
				if (one.bytes.length > this.#inflatable) add(opened.notRead, ['bytes']);
				else {
					this.#inflatable -= one.bytes.length;
					found.push(one);
				}
			}
			this.#text -= (piece.texts ?? []).reduce((sum, { text }) => sum + text.length, 0);
			merge(opened, piece);
		};
		const { ending, took } = await this.#pool.read(task, milliseconds, onPiece);
		this.#milliseconds -= took;
		if (ending === 'damaged') {
			add(opened.flags, ['damaged']);
			add(opened.notRead, ['unreadable']);
		} else if (ending !== 'read') add(opened.notRead, [ending]);
		return found;
	}
}

/** A body that may hold a code is rare: only such a one is worth the worker. */
const MAY_HOLD_CODE =
	/data:image\/|[\u2801-\u28ff]{8}|[\u2580\u2584\u2588\u258c\u2590\u2596-\u259f\u2591-\u2593\u25a0\u25a1\u25fb\u25fc\u2b1b\u2b1c]{4}|#{6}|&#(?:x25[89]\w|96[0-3]\d);/i;

const nothing = (kind: FileKind): Opened => ({
	kind,
	texts: [],
	links: [],
	codes: [],
	children: [],
	properties: {},
	flags: [],
	notRead: [],
});

function add<T extends FileFlag | NotRead>(list: T[], more: readonly T[]): void {
	for (const one of more) if (!list.includes(one)) list.push(one);
}

function merge(opened: Opened, piece: FoundPiece): void {
	const { maxLinks, maxCodes, maxPropertyCharacters } = ATTACHMENT_LIMITS;
	opened.texts.push(...(piece.texts ?? []));
	for (const link of piece.links ?? []) {
		if (opened.links.length < maxLinks) opened.links.push(link);
		else add(opened.notRead, ['links']);
	}
	for (const code of piece.codes ?? []) {
		if (opened.codes.some(({ text, page }) => text === code.text && page === code.page)) continue;
		if (opened.codes.length < maxCodes) opened.codes.push(code);
		else add(opened.notRead, ['codes']);
	}
	for (const [name, value] of Object.entries(piece.properties ?? {}))
		opened.properties[name] = typeof value === 'string' ? value.slice(0, maxPropertyCharacters) : value;
	add(opened.flags, piece.flags ?? []);
	add(opened.notRead, piece.notRead ?? []);
}

const KIND_TYPES: Readonly<Partial<Record<FileKind, string>>> = {
	html: 'text/html',
	text: 'text/plain',
	message: 'message/rfc822',
};

/** A file that was inside of another one, as the attachments of a message are. */
function asAttachment({ name = '', bytes, hashes }: HashedFile, partId: string): Attachment {
	const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const fileName = safeFileName(name);
	const { kind, type } = kindOf(content, fileName);
	return {
		partId,
		...(fileName === undefined ? {} : { fileName }),
		contentType: type ?? KIND_TYPES[kind] ?? 'application/octet-stream',
		...(type === undefined ? {} : { detectedType: type }),
		related: false,
		size: content.length,
		...(content.length === 0 ? hashesOf(content) : hashes),
		content,
	};
}
