import { EMAIL_LIMITS } from '../../limits';

/** The binary properties of an item, however its host stores them. */
export interface BinaryReader {
	keys: string[];
	info(key: string): { fileName?: string; mimeType?: string; size?: number };
	read(key: string): Promise<Buffer>;
}

/** The same without their bytes. */
export type BinaryNames = Pick<BinaryReader, 'keys' | 'info'>;
type Info = ReturnType<BinaryReader['info']>;

export const NO_BINARY: BinaryReader = {
	keys: [],
	info: () => ({}),
	read: () => Promise.reject(new Error('no binary data')),
};

/** Where the mailbox nodes of this pack put the message. */
export const MESSAGE_KEY = 'email';

/**
 * Nodes number the properties that they put attachments into (`attachment_0`, `file_0`, `att0`, `attachments[0]`), whatever
 * prefix their user chose. What lies there is named and typed by the sender: an .eml is an attachment, not the message.
 */
const isNumbered = (key: string): boolean => /\d\]?$/.test(key);

/** Properties that no node would put an attachment into. */
export const withoutNumber = (keys: readonly string[]): string[] => keys.filter((key) => !isNumbered(key));

/** All properties, those first that likelier hold the message. What the sender named decides nothing. */
export function likeliestFirst(keys: readonly string[]): string[][] {
	const others = withoutNumber(keys).filter((key) => key !== MESSAGE_KEY);
	return [keys.filter((key) => key === MESSAGE_KEY), others, keys.filter(isNumbered)];
}

/**
 * The property that holds the message by what it is declared as or named.
 *
 * @param besideJson The item's JSON tells of a message, too: numbered properties are its attachments then, and so are Outlook files.
 */
export function declaredMessage({ keys, info }: BinaryNames, besideJson: boolean): string | undefined {
	for (const group of likeliestFirst(besideJson ? withoutNumber(keys) : keys)) {
		const found =
			group.find((key) => isMessageFile(info(key))) ??
			(besideJson ? undefined : group.find((key) => isOutlookFile(info(key))));
		if (found !== undefined) return found;
	}
	return undefined;
}

/** Whether binary data may hold the message itself, which only its bytes would tell. */
export function mayHoldMessage({ keys, info }: BinaryNames): boolean {
	return withoutNumber(keys).some(
		(key) => isMessageFile(info(key)) || isOutlookFile(info(key)) || mayBeMessage(info(key)),
	);
}

export function isMessageFile({ fileName, mimeType }: Info): boolean {
	return /^message\/(?:rfc822|global)\b/i.test(mimeType ?? '') || /\.eml$/i.test(fileName ?? '');
}

const OUTLOOK_FILE = /^application\/vnd\.ms-outlook\b|\.msg$/i;

export function isOutlookFile({ fileName, mimeType }: Info): boolean {
	return OUTLOOK_FILE.test(`${mimeType ?? ''} ${fileName ?? ''}`);
}

export function mayBeMessage({ mimeType, size }: Info): boolean {
	return (
		(size ?? 0) <= EMAIL_LIMITS.maxBytes &&
		/^(?:$|text\/plain|text\/x-mail|application\/octet-stream|application\/mbox)/i.test(mimeType ?? '')
	);
}
