/** Empty lines before the header that are passed over: mail that went through files and pipes begins with them. */
const LEADING = /^(?:\r{0,2}\n|\r(?!\r?\n)){0,8}/;
/** CR CR LF is one line end, for a text converted twice. */
const EMPTY_LINE = /(?:\n|\r(?!\r?\n))(\r{0,2}\n|\r(?!\r?\n))/;
const BARE_CR = /\r(?!\r?\n)/g;

/** Bytes that are looked at in one go. */
const PIECE = 4 * 1024;

/**
 * Gives a message line ends that the splitter knows, however its bytes are dealt out.
 *
 * Mail exists whose line ends were all turned into a bare CR: when one of those is the empty line behind the header, all
 * become CRLF, as they were when the message was sent. In any other message a CR in a body is content, and stays.
 */
export class LineEnds {
	#state: 'leading' | 'header' | 'body' | 'bare-cr';
	/** Bytes whose meaning the next ones tell. */
	#held = '';

	/** @param bareCr Every bare CR is a line end from the start. */
	constructor(bareCr = false) {
		this.#state = bareCr ? 'bare-cr' : 'leading';
	}

	write(chunk: Buffer): Buffer[] {
		const pieces: Buffer[] = [];
		let at = 0;
		while (this.#state !== 'body' && at < chunk.length) {
			pieces.push(this.#read(this.#held + chunk.toString('latin1', at, at + PIECE), false));
			at += PIECE;
		}
		if (at < chunk.length) pieces.push(chunk.subarray(at));
		return pieces;
	}

	end(): Buffer[] {
		return [this.#read(this.#held, true)];
	}

	#read(input: string, last: boolean): Buffer {
		let text = input;
		this.#held = '';
		if (this.#state === 'leading') {
			const start = LEADING.exec(text)![0].length;
			if (!last && text.length - start < 3) return this.#hold(text, 0);
			text = text.slice(start);
			// An empty line more is one that ends a header without fields.
			this.#state = /^\r(?!\r?\n)/.test(text) ? 'bare-cr' : /^[\r\n]/.test(text) ? 'body' : 'header';
		}
		let ready = '';
		if (this.#state === 'header') {
			const empty = EMPTY_LINE.exec(text);
			const end = empty === null ? 0 : empty.index + empty[0].length;
			// What follows tells a bare CR from half of a line end.
			if (empty === null || (!last && text.length - end < 3)) {
				const from = last ? text.length : Math.max(0, text.length - 8);
				return Buffer.concat([toBytes(text.slice(0, safe(text, from))), this.#hold(text, safe(text, from))]);
			}
			ready = text.slice(0, end);
			text = text.slice(end);
			this.#state = empty[1] === '\r' ? 'bare-cr' : 'body';
		}
		if (this.#state === 'body') return Buffer.concat([toBytes(ready), Buffer.from(text, 'latin1')]);
		const from = last ? text.length : text.length - /\r{0,2}$/.exec(text)![0].length;
		return Buffer.concat([toBytes(ready + text.slice(0, from)), this.#hold(text, from)]);
	}

	#hold(text: string, from: number): Buffer {
		this.#held = text.slice(from);
		return Buffer.alloc(0);
	}
}

/** An offset not behind `from` that parts no line end. */
function safe(text: string, from: number): number {
	let at = from;
	while (at > 0 && at < text.length && (text[at - 1] === '\r' || text[at - 1] === '\n')) at--;
	return at;
}

function toBytes(text: string): Buffer {
	return Buffer.from(text.replace(BARE_CR, '\r\n'), 'latin1');
}
