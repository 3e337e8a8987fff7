import type { Attachment, Email, EmailWarning, NotRead } from '../email';
import { fileList } from '../email';
import { wantedOf, type OpenOptions } from './options';
import { ReaderPool } from './pool';
import { Walk } from './walk';

/** One for the process: its worker is made when the first file comes. */
const pool = new ReaderPool();

/**
 * Opens the attachments of a message and what lies in them: links, texts, codes, files and flags stand in `opened` of each attachment,
 * where `extractIndicators` and `emailToBundle` find them; codes of the bodies in `opened` of the message. The message given stays as it is.
 *
 * Everything that is native at heart runs as WASM in a worker thread with a deadline and a bound on its memory. Nothing is executed, and no
 * link is followed. A broken or hostile file never throws: what was not read is in `notRead`, and a warning `attachments-not-read` names it.
 *
 * @throws the reason of `signal` when it is aborted
 */
export async function openAttachments(email: Email, options: OpenOptions = {}): Promise<Email> {
	const opened = await new Walk(wantedOf(options), pool).message(email);
	const warnings = [...email.warnings.filter(({ code }) => code !== NOT_OPENED), ...notReadWarnings(opened)];
	return { ...opened, warnings };
}

/** Ends the worker thread now, where there is one. It ends by itself when nothing was opened for half a minute. */
export async function closeAttachments(): Promise<void> {
	await pool.close();
}

/** Code of the warning that says what of the attachments was not read. */
export const NOT_OPENED = 'attachments-not-read';

/** Whether something of the attachments was not read, after they were opened. */
export function isPartlyOpened({ warnings }: Pick<Email, 'warnings'>): boolean {
	return warnings.some(({ code }) => code === NOT_OPENED);
}

/** One warning that names the files of which something was not read, and why. */
function notReadWarnings(email: Email): EmailWarning[] {
	const byReason = new Map<NotRead, Attachment[]>();
	for (const attachment of filesOf(email))
		for (const why of attachment.opened?.notRead ?? []) byReason.set(why, [...(byReason.get(why) ?? []), attachment]);
	for (const why of email.opened?.notRead ?? []) byReason.set(why, [...(byReason.get(why) ?? []), { ...BODY }]);
	if (byReason.size === 0) return [];
	const reasons = [...byReason].map(
		([why, files]) =>
			`${REASONS[why]}: ${fileList(files.map(({ fileName, partId }) => ({ ...(fileName === undefined ? {} : { fileName }), partId })))}`,
	);
	return [{ code: NOT_OPENED, message: `Not everything in the attachments was read. ${reasons.join('. ')}.` }];
}

const BODY = { fileName: 'the body of the message' } as Attachment;

/** The files of a message, those inside of others and of attached messages included. */
function* filesOf({ attachments }: Pick<Email, 'attachments'>): Generator<Attachment> {
	for (const attachment of attachments) {
		yield attachment;
		yield* filesOf({ attachments: attachment.opened?.children ?? [] });
		if (attachment.email !== undefined) yield* filesOf(attachment.email);
	}
}

const REASONS: Readonly<Record<NotRead, string>> = {
	actions: 'Too large to look for scripts and actions',
	'archive-library': 'Needs the library 7z-wasm, which is not installed',
	bytes: 'More bytes come out than one message may have',
	children: 'Holds more files than are taken out',
	codes: 'Holds more codes than are kept',
	crashed: 'The reader crashed',
	depth: 'Lies too deep in other files',
	'drawn-pages': 'Has more pages that may hold a code than are drawn',
	encrypted: 'Encrypted',
	files: 'The message holds more files than are opened',
	frames: 'Has more frames than are looked at',
	links: 'Has more or longer links than are kept',
	memory: 'Needs more memory than a file may have',
	method: 'Packed or written in a way that is not read',
	'no-bytes': 'Its bytes are not in the item',
	pages: 'Has more pages than are read',
	password: 'No word of the message is its password',
	pictures: 'Holds more pictures than are looked at, or such as cannot be read',
	pixels: 'Has more pixels than are looked at',
	ratio: 'Unpacks to far more than it should',
	size: 'Larger than what is opened',
	text: 'Holds more text than is kept',
	time: 'Takes longer than it may',
	unreadable: 'Damaged',
};
