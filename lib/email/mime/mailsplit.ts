import type { Transform, TransformCallback } from 'node:stream';
import type { MimeNode } from '@zone-eu/mailsplit';
import { lazy } from '../../lazy';

/** A delimiter line (RFC 2046 section 5.1.1) of an open multipart. */
export interface Delimiter {
	owner: MimeNode;
	closing: boolean;
}

/** The header of an entity. */
export interface HeaderNode extends MimeNode {
	/** It was larger than the limit: its beginning is there. */
	cut?: boolean;
	/** An empty line ended it. */
	separated?: boolean;
}

/**
 * What the splitter gives: the header of an entity, bytes of a leaf (`body`) or of a multipart (`data`), a delimiter line.
 * A body that is nothing but the line end of the delimiter behind it comes untrimmed: its value is its `ownLine`.
 */
export type Piece =
	HeaderNode | { type: 'body' | 'data'; node: MimeNode; value: Buffer; delimiter?: Delimiter; ownLine?: Buffer };

type Next = (error?: Error | null, data?: Piece | false, flush?: boolean) => void;

/** The steps of mailsplit's splitter that are none of its declared face; the tests of this folder hold them to their meaning. */
interface Steps {
	node: HeaderNode;
	/** What is read: a header, or what follows one. */
	state: number;
	inEpilogue: boolean;
	delimiterOwner: MimeNode | false;
	lineChunks: Buffer[];
	lineLength: number;
	pendingLineTruncated: boolean;
	newNode(parent?: MimeNode | false): void;
	checkBoundary(line: Buffer): 1 | 2 | 3 | 4 | false;
	enforcePendingLineLimit(): Error | null;
	takePendingLine(): Buffer | false;
	appendPendingLine(chunk: Buffer): void;
	processLine(line: Buffer | false, final: boolean, next: Next): void;
}

export interface LenientSplitter extends Transform {
	/** What is written from now on ends the message: its last line needs no line end. */
	last: boolean;
}

/** What `state` is behind a header. */
const BODY = 2;

/** Bytes of one header line that wait for their line end beyond the limit of the whole header. */
const SPARE = 64 * 1024;

/**
 * mailsplit's splitter for mail that must not be refused. Where it gives up or passes over, this one goes on:
 * a header over the limit is cut and its body still read; a header that a delimiter ends without an empty
 * line is given like any other; a part behind the end of its multipart is read; every delimiter line comes as a
 * piece of its own.
 */
export function createSplitter(maxHeaderBytes: number): LenientSplitter {
	return new (Lenient())({ ignoreEmbedded: true, maxHeadSize: Infinity, maxChildNodes: Infinity, maxHeaderBytes });
}

const Lenient = lazy((): new (config: object) => LenientSplitter => {
	const mailsplit = require('@zone-eu/mailsplit') as typeof import('@zone-eu/mailsplit');
	const Base = mailsplit.Splitter as unknown as new (
		config: object,
	) => Transform & Steps & { config: { maxHeaderBytes: number } };
	return class extends Base implements LenientSplitter {
		last = false;
		#delimiter: Delimiter | undefined;
		#next: Next | undefined;
		readonly #processed: Next = (error, data, flush) => {
			if (this.#delimiter === undefined || !data || data.type === 'node') {
				if (data && data.type === 'body' && data.value.length <= 2 && data.node.parentNode && !this.last)
					data.ownLine = data.value;
				this.#next!(error, data, flush);
			} else if (!this.last) this.#next!(error, { ...data, delimiter: this.#delimiter }, true);
			else {
				// No header can follow a delimiter that is the last line, without a line end.
				this.push({ ...data, delimiter: this.#delimiter });
				this.#giveHeader();
				this.#next!(error, false);
			}
		};

		override _transform(chunk: Buffer, encoding: BufferEncoding, callback: TransformCallback): void {
			this.#read(chunk, 0, encoding, callback);
		}

		/** Has the lines read that say what follows; passes over those that cannot. */
		#read(chunk: Buffer, at: number, encoding: BufferEncoding, callback: TransformCallback): void {
			const start = this.#passOver(chunk, at);
			if (start === chunk.length) return callback();
			const end = this.#stretchEnd(chunk, start);
			super._transform(chunk.subarray(start, end), encoding, (error) => {
				if (error) callback(error);
				else this.#read(chunk, end, encoding, callback);
			});
		}

		/**
		 * Gives the lines of a leaf before the next delimiter, nearly all of a message, in one piece. The last line end
		 * waits, for it may be the delimiter's. Returns where to read on.
		 */
		#passOver(chunk: Buffer, start: number): number {
			if (!this.#inLeaf() || this.#withinLine()) return start;
			const delimiter = this.#findDelimiter(chunk, start);
			const end = delimiter ?? Math.max(start, chunk.lastIndexOf(0x0a) + 1);
			// With a line end before it, mailsplit does not know a delimiter that begins with a CR.
			const isKept = delimiter === undefined || chunk[delimiter] !== 0x0d;
			if (end === start) {
				if (!isKept) this.takePendingLine();
				return start;
			}
			const { node } = this;
			const held = this.takePendingLine();
			if (held) this.push({ type: 'body', node, value: held });
			const given = node.parentNode ? end - lineEndLength(chunk, start, end) : end;
			if (given > start) this.push({ type: 'body', node, value: chunk.subarray(start, given) });
			if (isKept) this.appendPendingLine(chunk.subarray(given, end));
			return end;
		}

		/** How far to read from here: to the end of the line, or of the header that is read or next. */
		#stretchEnd(chunk: Buffer, start: number): number {
			if (this.#inLeaf() && this.#withinLine()) return lineEndAfter(chunk, start);
			const header = this.state === BODY ? this.#findDelimiter(chunk, start, true) : start;
			return header === undefined ? chunk.length : emptyLineAfter(chunk, header);
		}

		#inLeaf(): boolean {
			return this.state === BODY && !this.node.multipart;
		}

		/** More than a line end is held back, or the beginning of the line is gone. */
		#withinLine(): boolean {
			const { lineLength, lineChunks } = this;
			return this.pendingLineTruncated || (lineLength > 0 && !(lineChunks.length === 1 && isLineEnd(lineChunks[0]!)));
		}

		/** Where the next delimiter line begins of which all is there; the start begins a line. */
		#findDelimiter(chunk: Buffer, start: number, opening = false): number | undefined {
			for (let at = chunk.indexOf(HYPHENS, start); at !== -1; at = chunk.indexOf(HYPHENS, at + 1)) {
				const begin = lineBeginBefore(chunk, at, start);
				if (begin === undefined) continue;
				const end = chunk.indexOf(0x0a, at) + 1;
				if (end === 0) return undefined;
				const found = super.checkBoundary(chunk.subarray(begin, end));
				if (found !== false && (!opening || found % 2 === 1)) return begin;
			}
			return undefined;
		}

		override newNode(parent?: MimeNode | false): void {
			super.newNode(parent);
			const { node } = this;
			const { maxHeaderBytes } = this.config;
			const add = node.addHeaderChunk.bind(node);
			node.addHeaderChunk = (line) => {
				const room = maxHeaderBytes - node._headerlen;
				if (!line) return add(line);
				if (isLineEnd(line)) node.separated = true;
				if (line.length <= room || node.separated) return add(line);
				node.cut = true;
				if (room > 0) add(line.subarray(0, room));
				return false;
			};
		}

		override enforcePendingLineLimit(): Error | null {
			if (this.node.headers || this.lineLength <= this.config.maxHeaderBytes + SPARE)
				return super.enforcePendingLineLimit();
			const line = this.takePendingLine() as Buffer;
			// Two bytes stay, so that the rest is not taken for the empty line.
			this.node.addHeaderChunk(line.subarray(0, -2));
			this.appendPendingLine(Buffer.from(line.subarray(-2)));
			this.pendingLineTruncated = true;
			return null;
		}

		override checkBoundary(line: Buffer): 1 | 2 | 3 | 4 | false {
			// Most lines are none: this is asked for each.
			if (line[0] !== 0x2d && line[0] !== 0x0d && line[0] !== 0x0a) return false;
			const { inEpilogue } = this;
			this.inEpilogue = false;
			const found = super.checkBoundary(
				this.last && line.length > 0 && line.at(-1) !== 0x0a ? Buffer.concat([line, LINE_END]) : line,
			);
			if (found === false || found === 2) this.inEpilogue = inEpilogue;
			if (found === false) return found;
			this.#delimiter = { owner: found <= 2 ? this.node : (this.delimiterOwner as MimeNode), closing: found % 2 === 0 };
			this.#giveHeader();
			return found;
		}

		/** The header that is being read ends here. */
		#giveHeader(): void {
			if (this.node.headers) return;
			this.node.parseHeaders();
			this.push(this.node);
		}

		override processLine(line: Buffer | false, final: boolean, next: Next): void {
			this.#delimiter = undefined;
			this.#next = next;
			super.processLine(line, final, this.#processed);
		}
	};
});

const LINE_END = Buffer.from('\n');
const HYPHENS = Buffer.from('--');

/** Where the line begins whose first hyphens stand here; mailsplit passes over a CR before them. */
function lineBeginBefore(chunk: Buffer, hyphens: number, start: number): number | undefined {
	for (const begin of [hyphens, hyphens - 1]) {
		if (begin === start || chunk[begin - 1] === 0x0a) return begin;
		if (chunk[begin - 1] !== 0x0d) return undefined;
	}
	return undefined;
}

function lineEndAfter(chunk: Buffer, start: number): number {
	return chunk.indexOf(0x0a, start) + 1 || chunk.length;
}

/** Behind the next empty line. */
function emptyLineAfter(chunk: Buffer, start: number): number {
	let begin = start;
	while (begin < chunk.length) {
		const end = lineEndAfter(chunk, begin);
		if (isLineEnd(chunk.subarray(begin, Math.min(end, begin + 2))) && end - begin <= 2) return end;
		begin = end;
	}
	return begin;
}

function lineEndLength(chunk: Buffer, start: number, end: number): number {
	return end - 2 >= start && chunk[end - 2] === 0x0d ? 2 : 1;
}

function isLineEnd(line: Buffer): boolean {
	return line[0] === 0x0a || (line.length === 2 && line[0] === 0x0d && line[1] === 0x0a);
}
