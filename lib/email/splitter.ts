import { parseHeaderBlock, type HeaderBlock } from './header';

/** One MIME entity (RFC 2045 section 2.4) while its bytes come in. */
export interface MimeEntity<Detail = unknown> {
	/** IMAP section number; empty for a multipart root. */
	partId: string;
	parent?: MimeEntity<Detail>;
	header: HeaderBlock;
	/** What the handler read from the header. */
	detail: Detail;
	multipart: boolean;
	boundary?: string;
	children: number;
	/** Its closing delimiter was seen. */
	closed: boolean;
}

/** What the splitter needs to know of an entity's header to go on. */
export interface MimeShape<Detail> {
	detail: Detail;
	multipart: boolean;
	boundary?: string;
}

/** Receives the entities of a message in order. Everything happens synchronously inside `push` and `end`. */
export interface MimeHandler<Detail> {
	/** Reads the header of a new entity. */
	shape(header: HeaderBlock, parent: MimeEntity<Detail> | undefined): MimeShape<Detail>;
	open(entity: MimeEntity<Detail>): void;
	/** Bytes of a leaf, still transfer-encoded. Only valid during the call. */
	body(entity: MimeEntity<Detail>, bytes: Buffer): void;
	/** Bytes before the first and after the last delimiter of a multipart. */
	outside(entity: MimeEntity<Detail>, bytes: Buffer): void;
	close(entity: MimeEntity<Detail>): void;
	notice(what: SplitterNotice): void;
}

export type SplitterNotice = 'header-too-large' | 'header-separator-missing' | 'too-many-parts' | 'part-after-end' | 'multipart-unterminated';

export interface SplitterLimits {
	maxHeaderBytes: number;
	maxHeaderFields: number;
	/** Section number of the root, when it stands for a part of another message. */
	rootPartId?: string;
	/** Asked before each entity; false ends the splitting. */
	mayOpen: () => boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const NOTHING = Buffer.alloc(0);
/** RFC 2046 allows 70 characters in a boundary and blanks behind it. Longer lines are content. */
const MAX_DELIMITER_LINE = 2_048;

type State = 'header' | 'leaf' | 'outside' | 'stopped';

/**
 * Cuts a message into its MIME entities, in one pass and constant memory, however the bytes are dealt out.
 *
 * Lines end in CRLF, LF or a bare CR. The bytes of a leaf are passed on as they are, without the line end that
 * belongs to the delimiter (RFC 2046 section 5.1.1). Delimiters of every open multipart count, so that a part whose
 * own end is missing ends with its parent's.
 */
export class MimeSplitter<Detail> {
	#state: State = 'header';
	#carry: Buffer = NOTHING;
	#header: Buffer[] = [];
	#headerBytes = 0;
	#headerOverflow = false;
	/** The rest of an overlong header line is being skipped. */
	#skipLine = false;
	#leadingBlankLines = 0;
	#lineStart = true;
	/** Where the data at hand has the next line end with two dashes behind it; -1 when nowhere, -2 when not looked for. */
	#nextLf = -2;
	#nextCr = -2;
	#current: MimeEntity<Detail> | undefined;
	readonly #open: MimeEntity<Detail>[] = [];
	readonly #byBoundary = new Map<string, MimeEntity<Detail>[]>();

	constructor(
		private readonly handler: MimeHandler<Detail>,
		private readonly limits: SplitterLimits,
	) {
		if (!limits.mayOpen()) this.#stop();
	}

	/** True when nothing more will be read. */
	get stopped(): boolean {
		return this.#state === 'stopped';
	}

	push(chunk: Buffer): void {
		if (this.#state === 'stopped' || chunk.length === 0) return;
		this.#run(this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk, false);
	}

	end(): void {
		if (this.#state !== 'stopped') {
			this.#run(this.#carry, true);
			if (this.#state === 'header') this.#finishHeader(false);
		}
		this.#closeDownTo(0);
	}

	#run(data: Buffer, last: boolean): void {
		let pos = 0;
		this.#carry = NOTHING;
		this.#nextLf = -2;
		this.#nextCr = -2;
		while (pos < data.length && this.#state !== 'stopped') {
			const next = this.#state === 'header' ? this.#readHeaderLine(data, pos, last) : this.#readContent(data, pos, last);
			if (next === -1) return;
			pos = next;
		}
	}

	// --- header ---

	/** One line of a header; -1 when its end is not there yet. */
	#readHeaderLine(data: Buffer, pos: number, last: boolean): number {
		const end = lineEnd(data, pos, last);
		if (end === -1) {
			const room = this.limits.maxHeaderBytes - this.#headerBytes;
			if (data.length - pos <= room + 2 && !this.#skipLine) {
				this.#carry = keep(data, pos);
				return -1;
			}
			// Only a CR may wait: the rest of this line is too much in any case.
			const hold = data[data.length - 1] === CR ? 1 : 0;
			this.#addHeaderBytes(data.subarray(pos, data.length - hold));
			this.#skipLine = true;
			this.#carry = keep(data, data.length - hold);
			return -1;
		}
		const line = data.subarray(pos, end);
		if (this.#skipLine) {
			this.#skipLine = false;
			return end;
		}
		const length = contentLength(line);
		if (length === 0) {
			if (this.#headerBytes === 0 && this.#current === undefined && this.#open.length === 0 && ++this.#leadingBlankLines <= 8) return end;
			this.#finishHeader(true);
			return end;
		}
		const delimiter = this.#delimiterOf(line.subarray(0, length));
		if (delimiter !== undefined) {
			this.#finishHeader(false);
			this.#onDelimiter(delimiter);
			return end;
		}
		this.#addHeaderBytes(line);
		return end;
	}

	#addHeaderBytes(bytes: Buffer): void {
		const room = this.limits.maxHeaderBytes - this.#headerBytes;
		if (bytes.length > room) this.#headerOverflow = true;
		if (room <= 0) return;
		this.#header.push(keep(bytes, 0).subarray(0, room));
		this.#headerBytes += Math.min(bytes.length, room);
	}

	#finishHeader(separated: boolean): void {
		const block = this.#header.length === 1 ? this.#header[0]! : Buffer.concat(this.#header);
		if (this.#headerOverflow) this.handler.notice('header-too-large');
		this.#header = [];
		this.#headerBytes = 0;
		this.#headerOverflow = false;
		let header = parseHeaderBlock(block, this.limits.maxHeaderFields);
		let rest: Buffer = NOTHING;
		const cut = header.malformedAt;
		if (cut !== undefined && (!separated || header.fields.length === 0)) {
			// No empty line parts header and body: the body begins with the first line that is no field.
			rest = block.subarray(cut);
			header = parseHeaderBlock(block.subarray(0, cut), this.limits.maxHeaderFields);
			this.handler.notice('header-separator-missing');
		}
		const parent = this.#open.at(-1);
		const { multipart, boundary, detail } = this.handler.shape(header, parent);
		if (parent !== undefined) parent.children++;
		const prefix = parent === undefined || parent.partId === '' ? '' : `${parent.partId}.`;
		const partId = parent === undefined ? (this.limits.rootPartId ?? (multipart ? '' : '1')) : `${prefix}${parent.children}`;
		const entity: MimeEntity<Detail> = {
			partId,
			header,
			detail,
			multipart,
			children: 0,
			closed: false,
			...(boundary === undefined ? {} : { boundary }),
			...(parent === undefined ? {} : { parent }),
		};
		this.handler.open(entity);
		this.#current = entity;
		this.#lineStart = true;
		if (multipart) {
			this.#open.push(entity);
			if (boundary !== undefined) {
				const owners = this.#byBoundary.get(boundary);
				if (owners === undefined) this.#byBoundary.set(boundary, [entity]);
				else owners.push(entity);
			}
			this.#state = 'outside';
		} else {
			this.#state = 'leaf';
		}
		if (rest.length > 0) {
			this.#emit(rest);
			if (separated) this.#emit(Buffer.from('\r\n'));
		}
	}

	// --- bodies ---

	/** Content up to the next delimiter line; -1 when the data is used up. */
	#readContent(data: Buffer, pos: number, last: boolean): number {
		if (this.#byBoundary.size === 0) {
			this.#emit(pos === 0 ? data : data.subarray(pos));
			return data.length;
		}
		// Native searches for what can start a delimiter line: each runs over the data once.
		if (this.#nextLf !== -1 && this.#nextLf < pos) this.#nextLf = data.indexOf('\n--', pos, 'latin1');
		if (this.#nextCr !== -1 && this.#nextCr < pos) this.#nextCr = data.indexOf('\r--', pos, 'latin1');
		let candidate = this.#lineStart && data[pos] === DASH && (pos + 1 >= data.length || data[pos + 1] === DASH) ? pos - 1 : -2;
		for (;;) {
			if (candidate === -2) {
				if (this.#nextLf === -1 && this.#nextCr === -1) break;
				candidate = this.#nextLf === -1 ? this.#nextCr : this.#nextCr === -1 ? this.#nextLf : Math.min(this.#nextLf, this.#nextCr);
			}
			const lineFrom = candidate + 1;
			const end = lineEnd(data, lineFrom, last, MAX_DELIMITER_LINE);
			if (end === -1 && data.length - lineFrom < MAX_DELIMITER_LINE) {
				// Perhaps a delimiter: it waits, with the line end before it.
				const from = contentEnd(data, pos, lineFrom);
				this.#emit(data.subarray(pos, from));
				this.#carry = keep(data, from);
				return -1;
			}
			const line = end === -1 ? undefined : data.subarray(lineFrom, end);
			const delimiter = line === undefined ? undefined : this.#delimiterOf(line.subarray(0, contentLength(line)));
			if (delimiter !== undefined) {
				this.#emit(data.subarray(pos, contentEnd(data, pos, lineFrom)));
				this.#onDelimiter(delimiter);
				return end;
			}
			if (this.#nextLf !== -1 && this.#nextLf <= candidate) this.#nextLf = data.indexOf('\n--', candidate + 1, 'latin1');
			if (this.#nextCr !== -1 && this.#nextCr <= candidate) this.#nextCr = data.indexOf('\r--', candidate + 1, 'latin1');
			candidate = -2;
		}
		const from = last ? data.length : tailStart(data, pos);
		this.#emit(data.subarray(pos, from));
		this.#carry = keep(data, from);
		return -1;
	}

	#emit(bytes: Buffer): void {
		if (bytes.length === 0) return;
		this.#lineStart = false;
		if (this.#state === 'leaf') this.handler.body(this.#current!, bytes);
		else this.handler.outside(this.#open.at(-1)!, bytes);
	}

	// --- delimiters ---

	#delimiterOf(line: Buffer): { owner: MimeEntity<Detail>; closing: boolean } | undefined {
		if (this.#byBoundary.size === 0 || line.length < 3 || line.length > MAX_DELIMITER_LINE) return undefined;
		if (line[0] !== DASH || line[1] !== DASH) return undefined;
		const text = line.toString('latin1', 2).trimEnd();
		const owner = this.#byBoundary.get(text)?.at(-1);
		if (owner !== undefined) return { owner, closing: false };
		if (!text.endsWith('--')) return undefined;
		const closed = this.#byBoundary.get(text.slice(0, -2).trimEnd())?.at(-1) ?? this.#byBoundary.get(text.slice(0, -2))?.at(-1);
		return closed === undefined ? undefined : { owner: closed, closing: true };
	}

	#onDelimiter({ owner, closing }: { owner: MimeEntity<Detail>; closing: boolean }): void {
		this.#closeDownTo(this.#open.lastIndexOf(owner) + 1);
		this.#lineStart = true;
		if (closing) {
			owner.closed = true;
			this.#current = owner;
			this.#state = 'outside';
			return;
		}
		if (owner.closed) {
			// Some readers go on after the end: what they show must not be missed.
			owner.closed = false;
			this.handler.notice('part-after-end');
		}
		this.#current = undefined;
		if (!this.limits.mayOpen()) {
			this.handler.notice('too-many-parts');
			this.#stop();
			return;
		}
		this.#state = 'header';
	}

	/** Ends the leaf that is open and every multipart above the given number. */
	#closeDownTo(depth: number): void {
		if (this.#current !== undefined && !this.#current.multipart) this.handler.close(this.#current);
		this.#current = undefined;
		while (this.#open.length > depth) {
			const entity = this.#open.pop()!;
			if (entity.boundary !== undefined) {
				const owners = this.#byBoundary.get(entity.boundary)!;
				owners.pop();
				if (owners.length === 0) this.#byBoundary.delete(entity.boundary);
			}
			if (!entity.closed && entity.children > 0 && this.#state !== 'stopped') this.handler.notice('multipart-unterminated');
			this.handler.close(entity);
		}
	}

	#stop(): void {
		this.#state = 'stopped';
		this.#carry = NOTHING;
		this.#header = [];
	}
}

/** Offset behind the line that starts at `from`; -1 when its end is not in the data, or not within `limit` bytes. */
function lineEnd(data: Buffer, from: number, last: boolean, limit = Infinity): number {
	const stop = Math.min(data.length, from + limit);
	for (let i = from; i < stop; i++) {
		if (data[i] === LF) return i + 1;
		if (data[i] === CR) {
			if (i + 1 < data.length) return data[i + 1] === LF ? i + 2 : i + 1;
			return last ? i + 1 : -1;
		}
	}
	return last && stop === data.length ? stop : -1;
}

/** Length of a line without its line end. */
function contentLength(line: Buffer): number {
	let { length } = line;
	if (length > 0 && line[length - 1] === LF) length--;
	if (length > 0 && line[length - 1] === CR) length--;
	return length;
}

/** Where the content before a line ends: in front of the line end that belongs to the line. */
function contentEnd(data: Buffer, pos: number, lineFrom: number): number {
	let end = lineFrom;
	if (end > pos && data[end - 1] === LF) {
		end--;
		if (end > pos && data[end - 1] === CR) end--;
	} else if (end > pos && data[end - 1] === CR) {
		end--;
	}
	return end;
}

/** Where the last bytes begin that may turn out to be the start of a delimiter: a line end, perhaps with a dash. */
function tailStart(data: Buffer, pos: number): number {
	const { length } = data;
	const withoutDash = length > pos && data[length - 1] === DASH ? length - 1 : length;
	const end = contentEnd(data, pos, withoutDash);
	return end < withoutDash ? end : length;
}

/** A copy, so that a small rest does not keep a large chunk in memory. */
function keep(data: Buffer, from: number): Buffer {
	return from >= data.length ? NOTHING : Buffer.from(data.subarray(from));
}
