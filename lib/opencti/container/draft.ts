import type { Reported } from '../../reported';
import type { DraftAuthor, DraftReference, UploadFile } from '../platform';

/** What a report, or a case, is to be made of. Plain data: nothing is sent until a client gets it. */
export interface ContainerDraft {
	/** 2 characters or more. */
	name: string;
	/** Markdown. */
	description: string;
	/** HTML of the Content tab, already sanitised. */
	content: string;
	/** `TLP:AMBER+STRICT`, another marking's definition, or a marking id; all must exist on the platform. */
	markings: string[];
	author?: DraftAuthor | undefined;
	labels: string[];
	externalReferences: DraftReference[];
	/** 0 to 100; the platform lowers it to the user's maximum. */
	confidence?: number | undefined;
	files: DraftFile[];
	skippedFiles: SkippedFile[];
	/** Ids of objects of the platform that the container is to hold. */
	objects: string[];
	/** The id that the platform will give it. */
	standardId: string;
	/** Message-ID of the mail that it was made from. */
	messageId?: string | undefined;
	/** By which one without a Message-ID is known again: the hash of its bytes, whoever passed it on. */
	bytesId?: string | undefined;
	/** Who reported that mail. */
	reported?: Reported | undefined;
	/** Something of the message is not in it, and uploading all files does not change that: `warnings` says what. */
	incomplete?: true | undefined;
	warnings: DraftWarning[];
}

/** A file that goes onto the platform with a report or case. */
export interface DraftFile extends UploadFile {
	/** Name that the sender gave. */
	originalName?: string;
	/** Lower-case hex. */
	sha256: string;
}

/**
 * `no-bytes`: it is no file, such as a message inside of an Outlook message, or a damaged one; `content-omitted`: its bytes are
 * not here.
 */
export type SkipReason =
	'type-not-allowed' | 'inline' | 'empty' | 'no-bytes' | 'content-omitted' | 'too-many' | 'duplicate';

/** A file of the message that is not uploaded. */
export interface SkippedFile {
	name: string;
	contentType: string;
	size: number;
	reason: SkipReason;
}

/** What could not be done as it was asked for. */
export interface DraftWarning {
	/** Stable word. */
	code: string;
	/** One sentence for the user. */
	message: string;
}
