import { opaque } from './random';

/** An attachment as Graph lists it. */
export interface LabAttachment {
	kind: 'file' | 'item' | 'reference';
	name: string;
	contentType?: string;
	/** Bytes of a file, MIME of an item. */
	bytes?: Buffer;
	/** Of a reference. */
	url?: string;
}

export interface NewMessage {
	subject?: string;
	from?: string;
	to?: string[];
	messageId?: string;
	/** MIME bytes; made from the fields when absent. */
	raw?: Buffer;
	/** Milliseconds since the epoch. Default: now. */
	receivedAt?: number;
	/** When it begins to show, milliseconds since the epoch. Default: at once. */
	visibleAt?: number;
	attachments?: LabAttachment[];
	/** Its MIME can never be built. */
	broken?: boolean;
}

export interface LabMessage extends Required<Omit<NewMessage, 'raw' | 'broken' | 'visibleAt'>> {
	/** Stays the same in the mailbox. */
	immutableId: string;
	/** Changes with every move. */
	mutableId: string;
	raw?: Buffer;
	broken: boolean;
	modifiedAt: number;
	folderId: string;
}

/** Something that happened in a folder. */
export interface FolderEvent {
	sequence: number;
	/** `moved`: into the folder. */
	kind: 'added' | 'moved' | 'removed' | 'updated';
	immutableId: string;
}

export interface LabFolder {
	id: string;
	displayName: string;
	parentId?: string;
	wellKnown?: string;
	hidden: boolean;
	/** Immutable ids of what is visible. */
	members: Set<string>;
	events: FolderEvent[];
}

const STANDARD: Array<[wellKnown: string, name: string]> = [
	['inbox', 'Posteingang'],
	['drafts', 'Entwürfe'],
	['sentitems', 'Gesendete Elemente'],
	['deleteditems', 'Gelöschte Elemente'],
	['junkemail', 'Junk-E-Mail'],
	['archive', 'Archiv'],
	['outbox', 'Postausgang'],
];

/** One mailbox, with localised folder names. All times are milliseconds since the epoch. */
export class LabMailbox {
	readonly folders = new Map<string, LabFolder>();
	readonly messages = new Map<string, LabMessage>();
	readonly byMutableId = new Map<string, string>();
	readonly #invisible: Array<{ at: number; message: LabMessage; folder: LabFolder }> = [];
	#sequence = 0;
	#count = 0;

	readonly #random: () => number;
	readonly #now: () => number;

	constructor(
		readonly address: string,
		random: () => number,
		now: () => number,
	) {
		this.#random = random;
		this.#now = now;
		for (const [wellKnown, name] of STANDARD) this.addFolder(name, { wellKnown });
	}

	addFolder(
		displayName: string,
		options: { parent?: LabFolder; wellKnown?: string; hidden?: boolean } = {},
	): LabFolder {
		const folder: LabFolder = {
			id: opaque(this.#random, 'AAMkADFolder', 120),
			displayName,
			hidden: options.hidden ?? false,
			members: new Set(),
			events: [],
			...(options.parent ? { parentId: options.parent.id } : {}),
			...(options.wellKnown ? { wellKnown: options.wellKnown } : {}),
		};
		this.folders.set(folder.id, folder);
		return folder;
	}

	/** By well-known name or display name. */
	folder(name: string): LabFolder {
		const found = [...this.folders.values()].find((folder) => folder.wellKnown === name || folder.displayName === name);
		if (found === undefined) throw new Error(`the lab has no folder ${name}`);
		return found;
	}

	children(parentId: string | undefined, hidden: boolean): LabFolder[] {
		return [...this.folders.values()].filter((folder) => folder.parentId === parentId && (hidden || !folder.hidden));
	}

	deliver(folder: LabFolder, message: NewMessage = {}): LabMessage {
		const number = ++this.#count;
		const receivedAt = message.receivedAt ?? this.#now();
		const delivered: LabMessage = {
			immutableId: opaque(this.#random, 'AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A', 70),
			mutableId: opaque(this.#random, 'AAMkADMsg', 150),
			subject: message.subject ?? `Message ${number}`,
			from: message.from ?? `sender${number % 7}@example.com`,
			to: message.to ?? [this.address],
			messageId: message.messageId ?? `<${number}.${Math.floor(this.#random() * 1e9)}@example.com>`,
			receivedAt,
			modifiedAt: receivedAt,
			attachments: message.attachments ?? [],
			broken: message.broken ?? false,
			folderId: folder.id,
			...(message.raw ? { raw: message.raw } : {}),
		};
		if (message.visibleAt !== undefined && message.visibleAt > this.#now())
			this.#invisible.push({ at: message.visibleAt, message: delivered, folder });
		else this.#show(delivered, folder);
		return delivered;
	}

	/** Into another folder: the mutable id changes, receivedDateTime does not. */
	move(message: LabMessage, to: LabFolder): void {
		this.#leave(message);
		this.byMutableId.delete(message.mutableId);
		message.mutableId = opaque(this.#random, 'AAMkADMsg', 150);
		message.modifiedAt = this.#now();
		this.#show(message, to, 'moved');
	}

	/** Deletes for good. */
	remove(message: LabMessage): void {
		this.#leave(message);
		this.messages.delete(message.immutableId);
		this.byMutableId.delete(message.mutableId);
	}

	/** Somebody reads it. */
	touch(message: LabMessage): void {
		message.modifiedAt = this.#now();
		this.#record(this.folders.get(message.folderId)!, 'updated', message);
	}

	removeFolder(folder: LabFolder): void {
		for (const id of folder.members) this.messages.delete(id);
		this.folders.delete(folder.id);
	}

	/** Shows what has become visible. */
	tick(): void {
		for (let at = this.#invisible.length - 1; at >= 0; at--) {
			const { at: time, message, folder } = this.#invisible[at]!;
			if (time > this.#now()) continue;
			this.#invisible.splice(at, 1);
			this.#show(message, folder);
		}
	}

	lastSequence(): number {
		return this.#sequence;
	}

	mimeOf(message: LabMessage): Buffer {
		return (
			message.raw ??
			Buffer.from(
				`Received: from mail.example.com (192.0.2.1) by exchange.example.org; ${new Date(message.receivedAt).toUTCString()}\r\nFrom: <${message.from}>\r\nTo: ${message.to.map((one) => `<${one}>`).join(', ')}\r\nSubject: ${message.subject}\r\nMessage-ID: ${message.messageId}\r\nDate: ${new Date(message.receivedAt).toUTCString().replace('GMT', '+0000')}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThis is ${message.subject}.\r\n`,
			)
		);
	}

	#show(message: LabMessage, folder: LabFolder, kind: 'added' | 'moved' = 'added'): void {
		message.folderId = folder.id;
		this.messages.set(message.immutableId, message);
		this.byMutableId.set(message.mutableId, message.immutableId);
		folder.members.add(message.immutableId);
		this.#record(folder, kind, message);
	}

	#leave(message: LabMessage): void {
		const folder = this.folders.get(message.folderId);
		if (folder?.members.delete(message.immutableId)) this.#record(folder, 'removed', message);
	}

	#record(folder: LabFolder, kind: FolderEvent['kind'], { immutableId }: LabMessage): void {
		folder.events.push({ sequence: ++this.#sequence, kind, immutableId });
	}
}
