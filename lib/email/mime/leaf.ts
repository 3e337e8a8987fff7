import { createHash, hash, type Hash } from 'node:crypto';
import type { Budget } from '../budget';
import { withoutHalfCharacter } from '../header';
import { finish, type Steps } from '../../steps';
import { MiB } from '../../units';
import type { PartDetail } from './part';
import { decodeText } from './text';
import { HEAD_SIZE } from './signature';
import {
	asQuotedPrintable,
	asWritten,
	createTransferDecoder,
	createTextDecoder,
	type TransferDecoder,
} from './transfer';
import { uuencodedSteps, type UuFile } from './uuencode';

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha512'] as const;
export type FileHashes = Record<(typeof ALGORITHMS)[number], string>;

/** Of what has no bytes: an attached message inside of an Outlook message. The digests of nothing would be those of an empty file. */
export const NO_HASHES: FileHashes = { md5: '', sha1: '', sha256: '', sha512: '' };

/** The four digests of an attachment, in lower-case hex. */
export function hashesOf(content: Buffer): FileHashes {
	return Object.fromEntries(ALGORITHMS.map((name) => [name, hash(name, content)])) as FileHashes;
}

/** A text part while its bytes come in. */
export class TextLeaf {
	size = 0;
	cut = false;
	/** Its transfer encoding is another one than declared. */
	isMisdeclared = false;
	/** Files in uuencode that stood in it. */
	files: readonly UuFile[] = [];
	readonly #decoder: TransferDecoder;
	readonly #pieces: Buffer[] = [];
	readonly #kind: 'text' | 'html';

	readonly #detail: PartDetail;
	readonly #budget: Budget;

	constructor(detail: PartDetail, budget: Budget) {
		this.#detail = detail;
		this.#budget = budget;
		this.#decoder = createTextDecoder(detail.encoding, () => (this.isMisdeclared = true));
		this.#kind = detail.contentType === 'text/html' ? 'html' : 'text';
	}

	write(encoded: Buffer): void {
		this.#add(this.#decoder.write(encoded));
	}

	/** The whole text, line ends LF, without the files in it: of those, `maxFiles` at most. */
	end(maxFiles = 0): string {
		return finish(this.endSteps(maxFiles));
	}

	/** {@link end}, with places where it may pause. */
	*endSteps(maxFiles = 0): Steps<string> {
		this.#add(this.#decoder.end());
		let bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
		const { encoding } = this.#detail;
		const decoded = asQuotedPrintable(bytes, encoding) ?? (this.cut ? undefined : asWritten(bytes, encoding));
		if (decoded !== undefined) {
			this.isMisdeclared = true;
			bytes = decoded;
			this.size = bytes.length;
		}
		if (this.#detail.contentType === 'text/plain' && maxFiles > 0) {
			const taken = yield* uuencodedSteps(bytes, maxFiles);
			this.files = taken.files;
			bytes = taken.text;
		}
		yield;
		return decodeText(this.cut ? withoutHalfCharacter(bytes) : bytes, this.#detail);
	}

	#add(bytes: Buffer): void {
		this.size += bytes.length;
		const granted = this.#budget.takeText(this.#kind, bytes.length);
		if (granted < bytes.length) this.cut = true;
		if (granted > 0) this.#pieces.push(granted < bytes.length ? bytes.subarray(0, granted) : bytes);
	}
}

const NOTHING: Buffer = Buffer.alloc(0);

/** The first bytes of pieces, and nothing that holds on to the others. */
function headOf(pieces: readonly Buffer[]): Buffer {
	const head: Buffer[] = [];
	let length = 0;
	for (const piece of pieces) {
		if (length >= HEAD_SIZE) break;
		head.push(piece.subarray(0, HEAD_SIZE - length));
		length += head.at(-1)!.length;
	}
	return Buffer.concat(head);
}

/** Up to here one call at the end costs less; above, it would keep the process from everything else. */
const HASHED_AT_ONCE = 1 * MiB;

/** Bytes that say what a file is. */
export const SIGNATURE_SIZE = 8;

/**
 * An attachment while its bytes come in: measured and hashed always, kept while the budget lasts. One that `isRead`, by its
 * first bytes, is kept in any case until {@link end}: who reads it gives the bytes back.
 */
export class FileLeaf {
	size = 0;
	#isKept: boolean | undefined;
	readonly #decoder: TransferDecoder;
	#pieces: Buffer[] | undefined = [];
	/** The first bytes of what is not kept. */
	#head: Buffer | undefined;
	#running: Hash[] | undefined;

	readonly #budget: Budget;
	readonly #isRead: (head: Buffer) => boolean;

	constructor(encoding: string, budget: Budget, isRead: (head: Buffer) => boolean) {
		this.#budget = budget;
		this.#isRead = isRead;
		this.#decoder = createTransferDecoder(encoding);
		if (budget.keepAttachments) this.#isKept = true;
	}

	/** The bytes that came out of the transfer encoding. */
	write(encoded: Buffer): Buffer {
		return this.#add(this.#decoder.write(encoded));
	}

	/** The last bytes that come out of the transfer encoding. */
	flush(): Buffer {
		return this.#add(this.#decoder.end());
	}

	/** `head` are its first bytes, by which its type can be told. */
	end(): { hashes: FileHashes; head: Buffer; content?: Buffer } {
		const content = this.#pieces === undefined ? undefined : Buffer.concat(this.#pieces);
		const hashes =
			this.#running === undefined
				? hashesOf(content!)
				: (Object.fromEntries(ALGORITHMS.map((name, i) => [name, this.#running![i]!.digest('hex')])) as FileHashes);
		const head = (content ?? this.#head ?? NOTHING).subarray(0, HEAD_SIZE);
		return { hashes, head, ...(content === undefined ? {} : { content }) };
	}

	#add(bytes: Buffer): Buffer {
		if (bytes.length === 0) return bytes;
		this.size += bytes.length;
		if (this.#pieces !== undefined) {
			if (
				this.#mayKeep(bytes) &&
				this.size <= this.#budget.maxAttachmentBytes &&
				this.#budget.takeAttachment(bytes.length, true)
			) {
				if (this.#running === undefined && this.size > HASHED_AT_ONCE) this.#hashAsItComes();
				this.#pieces.push(bytes);
			} else {
				// Too much to keep: from here on it is only hashed.
				this.#budget.giveBackAttachment(this.size - bytes.length);
				if (this.#running === undefined) this.#hashAsItComes();
				this.#head = headOf([...this.#pieces, bytes]);
				this.#pieces = undefined;
			}
		} else if (this.#head!.length < HEAD_SIZE) this.#head = headOf([this.#head!, bytes]);
		for (const running of this.#running ?? []) running.update(bytes);
		return bytes;
	}

	/** What came so far is hashed now, the rest when it comes. */
	#hashAsItComes(): void {
		this.#running = ALGORITHMS.map((name) => createHash(name));
		for (const piece of this.#pieces!) for (const running of this.#running) running.update(piece);
	}

	#mayKeep(bytes: Buffer): boolean {
		if (this.#isKept === undefined && this.size >= SIGNATURE_SIZE)
			this.#isKept = this.#isRead(Buffer.concat([...this.#pieces!, bytes.subarray(0, SIGNATURE_SIZE)]));
		return this.#isKept ?? true;
	}
}
