import type { Email, FileFlag, FileKind, NotRead, Opened, OpenedCode, OpenedLink, OpenedText } from '../email';

/** A file that was taken out of another one. */
export interface FoundFile {
	/** As it stands there; it may hold a path. */
	name?: string | undefined;
	bytes: Uint8Array;
	/** Its type as the file around it says. */
	type?: string | undefined;
}

/** Something that a reader found. Readers tell it as they find it: what ends them keeps what came before. */
export interface Piece {
	texts?: OpenedText[];
	links?: OpenedLink[];
	codes?: OpenedCode[];
	files?: FoundFile[];
	/** The message that the file is. */
	email?: Email;
	properties?: Opened['properties'];
	flags?: FileFlag[];
	notRead?: NotRead[];
}

/** A file that is to be read, and what its reader may use up. */
export interface FileTask {
	kind: FileKind;
	/** Media type by its bytes, where they tell one. */
	type?: string | undefined;
	name?: string | undefined;
	bytes: Uint8Array;
	/** Words of the message that may open it, the likeliest first. */
	passwords: readonly string[];
	/** Look for codes in pictures and on drawn pages. */
	codes: boolean;
	/** Its pages were too much for a worker before: read what can be had without them. */
	withoutPages?: boolean;
	/** Read what needs the extra library. */
	otherArchives: boolean;
	/** Bytes that may come out of it. */
	maxInflatedBytes: number;
	/** Characters of text that are kept of it. */
	maxTextCharacters: number;
}

/** Reads one kind of file. It may throw whatever it likes: then the file is damaged, or its memory was not enough. */
export type Reader = (file: OpenFile) => void | Promise<void>;

/** What a reader has: the file, where it tells what it found, and its budget. */
export interface OpenFile extends Omit<FileTask, 'bytes'> {
	bytes: Buffer;
	tell: (piece: Piece) => void;
	/** Bytes that may still come out. */
	inflatable: number;
	/** Characters of text that may still be kept. */
	textLeft: number;
}

/** Keeps a text of a file as far as there is room. */
export function tellText(file: OpenFile, text: string, place?: string): void {
	if (text.trim() === '') return;
	if (text.length > file.textLeft) file.tell({ notRead: ['text'] });
	const kept = text.slice(0, file.textLeft).replace(/[\ud800-\udbff]$/, '');
	file.textLeft -= kept.length;
	if (kept !== '') file.tell({ texts: [{ text: kept, ...(place === undefined ? {} : { place }) }] });
}
