import type { MimeNode } from '@zone-eu/mailsplit';
import { parseHeaderBlock, type HeaderBlock } from '../header';
import { KiB } from '../../units';
import { LineEnds } from './lineEnds';
import { createSplitter, type Delimiter, type HeaderNode, type LenientSplitter, type Piece } from './mailsplit';

/** One MIME entity (RFC 2045 section 2.4) while its bytes come in. */
export interface MimeEntity<Detail = unknown> {
	/** IMAP section number; empty for a multipart root. */
	partId: string;
	parent?: MimeEntity<Detail>;
	header: HeaderBlock;
	/** What the handler read from the header. */
	detail: Detail;
	multipart: boolean;
	children: number;
	/** Its closing delimiter was seen. */
	closed: boolean;
}

/** Receives the entities of a message in order, one call at a time. */
export interface MimeHandler<Detail> {
	/** Reads the header of a new entity. */
	detail(header: HeaderBlock, parent: MimeEntity<Detail> | undefined): Detail;
	open(entity: MimeEntity<Detail>): void;
	/** Bytes of a leaf, still transfer-encoded. */
	body(entity: MimeEntity<Detail>, bytes: Buffer): Promise<void> | undefined;
	/** Bytes before the first and after the last delimiter of a multipart. */
	outside(entity: MimeEntity<Detail>, bytes: Buffer): void;
	close(entity: MimeEntity<Detail>): Promise<void> | undefined;
	notice(what: SplitterNotice): void;
}

export type SplitterNotice =
	| 'header-too-large'
	| 'header-separator-missing'
	| 'too-many-parts'
	| 'part-after-end'
	| 'multipart-unterminated'
	| 'splitting-failed';

export interface SplitterLimits {
	maxHeaderBytes: number;
	maxHeaderFields: number;
	/** How many of a header's bytes may be read. */
	takeHeader: (wanted: number) => number;
	/** Section number of the root, when it stands for a part of another message. */
	rootPartId?: string;
	/** Every bare CR is a line end. */
	bareCr?: boolean;
	/** Asked before each entity; false ends the splitting. */
	mayOpen: () => boolean;
}

/** Bytes that mailsplit gets at a time: always the same blocks, so that the cut of a stream cannot be told from the result. */
const BLOCK = 256 * KiB;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Cuts a message into its MIME entities in constant memory, with mailsplit.
 *
 * Delimiters of every open multipart count, so that a part whose own end is missing ends with its parent's. The line
 * end before a delimiter belongs to it (RFC 2046 section 5.1.1).
 */
export class MimeSplitter<Detail extends { contentType: string }> {
	readonly #splitter: LenientSplitter;
	readonly #lineEnds: LineEnds;
	readonly #pieces: Piece[] = [];
	readonly #open: MimeEntity<Detail>[] = [];
	readonly #entities = new WeakMap<MimeNode, MimeEntity<Detail>>();
	#block: Buffer[] = [];
	#blockBytes = 0;
	#leaf: MimeEntity<Detail> | undefined;
	/** The line end behind the text of a multipart, which is the delimiter's when one follows. */
	#lineEnd: Buffer = NOTHING;
	#stopped = false;

	readonly #handler: MimeHandler<Detail>;
	readonly #limits: SplitterLimits;

	constructor(handler: MimeHandler<Detail>, limits: SplitterLimits) {
		this.#handler = handler;
		this.#limits = limits;
		this.#lineEnds = new LineEnds(limits.bareCr);
		this.#splitter = createSplitter(limits.maxHeaderBytes);
		this.#splitter.on('data', (piece: Piece) => this.#pieces.push(piece));
		this.#splitter.on('error', () => this.#stop('splitting-failed'));
		if (!limits.mayOpen()) this.#stop('too-many-parts');
	}

	/** True when nothing more will be read. */
	get stopped(): boolean {
		return this.#stopped;
	}

	async push(chunk: Buffer): Promise<void> {
		if (!this.#stopped) await this.#collect(this.#lineEnds.write(chunk));
	}

	async end(): Promise<void> {
		if (!this.#stopped) await this.#collect(this.#lineEnds.end());
		if (!this.#stopped) {
			const rest = this.#block.length === 1 ? this.#block[0]! : Buffer.concat(this.#block);
			if (rest.length > 0) await this.#split(rest);
			this.#splitter.last = true;
			await new Promise<void>((resolve) => this.#splitter.once('close', resolve).end());
			this.#splitter.removeAllListeners();
			await this.#handle();
			const last = this.#open.at(-1);
			if (last !== undefined && this.#lineEnd.length > 0) this.#handler.outside(last, this.#lineEnd);
		}
		await this.#closeDownTo(0);
	}

	async #collect(pieces: Buffer[]): Promise<void> {
		for (const piece of pieces) await this.#fill(piece);
	}

	async #fill(piece: Buffer): Promise<void> {
		let rest = piece;
		while (rest.length > 0 && !this.#stopped) {
			const part = rest.subarray(0, BLOCK - this.#blockBytes);
			rest = rest.subarray(part.length);
			this.#block.push(part);
			this.#blockBytes += part.length;
			if (this.#blockBytes < BLOCK) return;
			const block = this.#block.length === 1 ? this.#block[0]! : Buffer.concat(this.#block);
			this.#block = [];
			this.#blockBytes = 0;
			await this.#split(block);
		}
	}

	async #split(block: Buffer): Promise<void> {
		await new Promise<void>((resolve) => this.#splitter.write(block, () => resolve()));
		// Whatever waits comes out as `data` now.
		while (this.#splitter.read() !== null);
		await this.#handle();
	}

	async #handle(): Promise<void> {
		for (const piece of this.#pieces.splice(0)) {
			if (this.#stopped) return;
			const pending = this.#handlePiece(piece);
			if (pending !== undefined) await pending;
		}
	}

	#handlePiece(piece: Piece): Promise<void> | undefined {
		if (piece.type === 'node') return this.#openEntity(piece);
		if (piece.delimiter !== undefined) return this.#onDelimiter(piece.delimiter);
		if (piece.type === 'body')
			return piece.value === piece.ownLine ? undefined : this.#handler.body(this.#leaf!, piece.value);
		this.#outside(this.#entities.get(piece.node)!, piece.value);
		return undefined;
	}

	#outside(entity: MimeEntity<Detail>, value: Buffer): void {
		const bytes = this.#lineEnd.length > 0 ? Buffer.concat([this.#lineEnd, value]) : value;
		const end = bytes.length - /\r?\n$|$/.exec(bytes.toString('latin1', Math.max(0, bytes.length - 2)))![0].length;
		this.#lineEnd = bytes.subarray(end);
		if (end > 0) this.#handler.outside(entity, bytes.subarray(0, end));
	}

	#openEntity(node: HeaderNode): Promise<void> | undefined {
		const block = node.getHeaders();
		if (node.cut) this.#handler.notice('header-too-large');
		let header = parseHeaderBlock(block, this.#limits.maxHeaderFields);
		let rest: Buffer | undefined;
		const cut = header.malformedAt;
		if (cut !== undefined && (!node.separated || header.fields.length === 0)) {
			// No empty line parts header and body: the body begins with the first line that is no field.
			rest = block.subarray(cut);
			header = parseHeaderBlock(block.subarray(0, cut), this.#limits.maxHeaderFields);
			this.#handler.notice('header-separator-missing');
		}
		const size = rest === undefined ? block.length : cut!;
		const granted = this.#limits.takeHeader(size);
		if (granted < size) {
			header = parseHeaderBlock(block.subarray(0, granted), this.#limits.maxHeaderFields);
			this.#handler.notice('header-too-large');
		}
		const parent = this.#open.at(-1);
		const detail = this.#handler.detail(header, parent);
		// mailsplit read as header what turned out to be the body; nothing more comes of it.
		const multipart = rest === undefined ? node.multipart !== false : /^multipart\//.test(detail.contentType);
		if (parent !== undefined) parent.children++;
		const prefix = parent === undefined || parent.partId === '' ? '' : `${parent.partId}.`;
		const partId =
			parent === undefined ? (this.#limits.rootPartId ?? (multipart ? '' : '1')) : `${prefix}${parent.children}`;
		const entity: MimeEntity<Detail> = {
			partId,
			header,
			detail,
			multipart,
			children: 0,
			closed: false,
			...(parent === undefined ? {} : { parent }),
		};
		this.#entities.set(node, entity);
		this.#handler.open(entity);
		if (multipart) this.#open.push(entity);
		else this.#leaf = entity;
		if (rest === undefined) return undefined;
		if (!multipart) return this.#handler.body(entity, rest);
		this.#handler.outside(entity, rest);
		return undefined;
	}

	async #onDelimiter({ owner: node, closing }: Delimiter): Promise<void> {
		const owner = this.#entities.get(node)!;
		this.#lineEnd = NOTHING;
		await this.#closeDownTo(this.#open.lastIndexOf(owner) + 1);
		if (closing) {
			owner.closed = true;
			return;
		}
		if (owner.closed) {
			// Some readers go on after the end: what they show must not be missed.
			owner.closed = false;
			this.#handler.notice('part-after-end');
		}
		if (!this.#limits.mayOpen()) this.#stop('too-many-parts');
	}

	/** Ends the leaf that is open and every multipart above the given number. */
	async #closeDownTo(depth: number): Promise<void> {
		const leaf = this.#leaf;
		this.#leaf = undefined;
		if (leaf !== undefined) await this.#handler.close(leaf);
		while (this.#open.length > depth) {
			const entity = this.#open.pop()!;
			if (!entity.closed && entity.children > 0 && !this.#stopped) this.#handler.notice('multipart-unterminated');
			await this.#handler.close(entity);
		}
	}

	#stop(why?: SplitterNotice): void {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#block = [];
		this.#splitter.destroy();
		if (why !== undefined) this.#handler.notice(why);
	}
}
